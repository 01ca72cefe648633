package io.github.eastwest.classify.rules;

import io.github.eastwest.classify.Facts;
import io.github.eastwest.classify.Words;
import io.github.eastwest.model.Side;
import io.github.eastwest.model.ecs.Service;
import io.github.eastwest.model.ecs.ServiceConnect;
import java.util.Optional;

/** Commands that ask a proxy's log group about the window, ready to paste where the group is known. */
final class LogCommands {
    private LogCommands() {}

    /**
     * Starts a Logs Insights query over the log group of that side's proxies.
     *
     * @param query in the query language, without single quotes
     */
    static String query(Facts facts, Side side, String query) {
        return "aws logs start-query --log-group-names " + group(facts, side) + " --start-time "
                + facts.window().from().getEpochSecond() + " --end-time "
                + facts.window().to().getEpochSecond() + " --query-string '" + query + "'";
    }

    /**
     * Filters the lines of the log group of that side's proxies.
     *
     * @param pattern a filter pattern, without single quotes
     */
    static String filter(Facts facts, Side side, String pattern) {
        return "aws logs filter-log-events --log-group-name " + group(facts, side) + " --filter-pattern '" + pattern
                + "' --start-time " + facts.window().from().toEpochMilli() + " --end-time "
                + facts.window().to().toEpochMilli();
    }

    /** The group as the service configures it; a word in capitals to fill in where that was not read. */
    private static String group(Facts facts, Side side) {
        Optional<Service> service = side == Side.CALLEE ? facts.callee() : facts.caller();
        return service.flatMap(Service::serviceConnect)
                .flatMap(ServiceConnect::logGroup)
                .map(Words::shell)
                .orElse(side == Side.CALLEE ? "CALLEE_LOG_GROUP" : "CALLER_LOG_GROUP");
    }
}
