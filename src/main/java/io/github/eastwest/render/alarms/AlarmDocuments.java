package io.github.eastwest.render.alarms;

import io.github.eastwest.classify.Words;
import io.github.eastwest.model.report.AlarmPlan;
import io.github.eastwest.model.report.AlarmPlan.Alarm;
import io.github.eastwest.model.report.AlarmPlan.Evaluation;
import io.github.eastwest.model.report.AlarmPlan.Kind;
import io.github.eastwest.model.report.AlarmPlan.Metric;
import io.github.eastwest.model.report.AlarmPlan.MetricFilter;
import io.github.eastwest.render.Foreign;
import io.github.eastwest.render.json.JsonTree;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Alarm definitions as trees of JSON: the input of {@code aws cloudwatch put-metric-alarm} and {@code aws logs
 * put-metric-filter}, and a CloudFormation template. Nothing here calls anything.
 */
public final class AlarmDocuments {
    /** Version of the layout of {@link #document}. */
    private static final int SCHEMA_VERSION = 1;

    /** Width of the anomaly detection band, in standard deviations: CloudWatch's default. */
    private static final int BAND = 2;

    /** {@code AlarmDescription} holds 1024 characters. */
    private static final int DESCRIPTION = 1_000;

    private AlarmDocuments() {}

    /**
     * All of a plan: each alarm and filter with the operation that makes it and that operation's input.
     *
     * @param actions ARNs told when an alarm fires and when it is over
     */
    public static Map<String, Object> document(AlarmPlan plan, String caller, String callee, List<String> actions) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("schemaVersion", SCHEMA_VERSION);
        document.put("edge", ordered("caller", caller, "callee", callee));
        List<Object> alarms = new ArrayList<>();
        for (Alarm alarm : plan.alarms()) {
            alarms.add(ordered(
                    "kind",
                    alarm.kind().id(),
                    "operation",
                    "cloudwatch put-metric-alarm",
                    "input",
                    input(alarm, actions)));
        }
        document.put("alarms", alarms);
        List<Object> filters = new ArrayList<>();
        for (MetricFilter filter : plan.filters()) {
            filters.add(
                    ordered("kind", filter.kind().id(), "operation", "logs put-metric-filter", "input", input(filter)));
        }
        document.put("metricFilters", filters);
        document.put("notes", plan.notes());
        return document;
    }

    /**
     * The input of PutMetricAlarm.
     *
     * @param actions ARNs told when the alarm fires and when it is over
     */
    public static Map<String, Object> input(Alarm alarm, List<String> actions) {
        Map<String, Object> input = new LinkedHashMap<>();
        input.put("AlarmName", alarm.name());
        input.put("AlarmDescription", description(alarm));
        if (!actions.isEmpty()) {
            input.put("ActionsEnabled", true);
            input.put("OKActions", actions);
            input.put("AlarmActions", actions);
        }
        properties(alarm, input);
        return input;
    }

    /** What PutMetricAlarm and {@code AWS::CloudWatch::Alarm} name alike. */
    private static void properties(Alarm alarm, Map<String, Object> input) {
        Metric metric = alarm.metric();
        Evaluation evaluation = alarm.evaluation();
        boolean percentile = metric.statistic().startsWith("p");
        if (evaluation.threshold().isPresent()) {
            input.put("Namespace", metric.namespace());
            input.put("MetricName", metric.name());
            if (!metric.dimensions().isEmpty()) {
                input.put("Dimensions", dimensions(metric));
            }
            input.put(percentile ? "ExtendedStatistic" : "Statistic", metric.statistic());
            input.put("Period", evaluation.periodSeconds());
            input.put("Threshold", number(evaluation.threshold().getAsDouble()));
        } else {
            Map<String, Object> identity = ordered("Namespace", metric.namespace(), "MetricName", metric.name());
            identity.put("Dimensions", dimensions(metric));
            input.put(
                    "Metrics",
                    List.of(
                            ordered(
                                    "Id",
                                    "m1",
                                    "MetricStat",
                                    ordered(
                                            "Metric",
                                            identity,
                                            "Period",
                                            evaluation.periodSeconds(),
                                            "Stat",
                                            metric.statistic()),
                                    "ReturnData",
                                    true),
                            ordered(
                                    "Id",
                                    "band",
                                    "Expression",
                                    "ANOMALY_DETECTION_BAND(m1, " + BAND + ")",
                                    "ReturnData",
                                    true)));
            input.put("ThresholdMetricId", "band");
        }
        input.put("EvaluationPeriods", evaluation.periods());
        input.put("DatapointsToAlarm", evaluation.datapoints());
        input.put("ComparisonOperator", evaluation.comparison().operator());
        input.put("TreatMissingData", evaluation.missing().id());
        if (percentile && evaluation.threshold().isPresent()) {
            // A percentile of a few calls says nothing.
            input.put("EvaluateLowSampleCountPercentile", "ignore");
        }
    }

    /** The input of PutMetricFilter. */
    public static Map<String, Object> input(MetricFilter filter) {
        return ordered(
                "logGroupName",
                filter.logGroup(),
                "filterName",
                filter.name(),
                "filterPattern",
                filter.pattern(),
                "metricTransformations",
                List.of(ordered(
                        "metricName",
                        filter.metric(),
                        "metricNamespace",
                        filter.namespace(),
                        "metricValue",
                        "1",
                        "defaultValue",
                        0,
                        "unit",
                        "Count")));
    }

    /** A CloudFormation template, in JSON, which is YAML too. */
    public static Map<String, Object> cloudFormation(AlarmPlan plan, List<String> actions) {
        Map<String, Object> resources = new LinkedHashMap<>();
        for (MetricFilter filter : plan.filters()) {
            resources.put(
                    logicalId(filter.kind()) + "Filter",
                    ordered(
                            "Type",
                            "AWS::Logs::MetricFilter",
                            "Properties",
                            ordered(
                                    "LogGroupName",
                                    filter.logGroup(),
                                    "FilterName",
                                    filter.name(),
                                    "FilterPattern",
                                    filter.pattern(),
                                    "MetricTransformations",
                                    List.of(ordered(
                                            "MetricName",
                                            filter.metric(),
                                            "MetricNamespace",
                                            filter.namespace(),
                                            "MetricValue",
                                            "1",
                                            "DefaultValue",
                                            0,
                                            "Unit",
                                            "Count")))));
        }
        for (Alarm alarm : plan.alarms()) {
            resources.put(
                    logicalId(alarm.kind()) + "Alarm",
                    ordered("Type", "AWS::CloudWatch::Alarm", "Properties", input(alarm, actions)));
        }
        Map<String, Object> template = ordered("AWSTemplateFormatVersion", "2010-09-09");
        template.put("Resources", resources);
        return template;
    }

    /** Shell commands that create the plan; notes are comments. For somebody to read and run. */
    public static String commands(AlarmPlan plan, List<String> actions) {
        StringBuilder text = new StringBuilder();
        plan.notes()
                .forEach(note -> text.append("# ").append(Foreign.clean(note)).append('\n'));
        for (MetricFilter filter : plan.filters()) {
            text.append("aws logs put-metric-filter --cli-input-json ")
                    .append(Words.shell(JsonTree.line(input(filter))))
                    .append('\n');
        }
        for (Alarm alarm : plan.alarms()) {
            text.append("aws cloudwatch put-metric-alarm --cli-input-json ")
                    .append(Words.shell(JsonTree.line(input(alarm, actions))))
                    .append('\n');
        }
        return text.toString();
    }

    /** {@code Sum of AWS/ECS HTTPCode_Target_5XX_Count ≥ 5 in 3 of 5 periods of 60 s, no data: notBreaching}. */
    public static String condition(Alarm alarm) {
        Evaluation evaluation = alarm.evaluation();
        String bound = evaluation.threshold().isPresent()
                ? evaluation.comparison().sign() + " "
                        + number(evaluation.threshold().getAsDouble()).toPlainString() + " "
                        + alarm.metric().unit()
                : "above its anomaly detection band";
        return alarm.metric().statistic() + " of " + alarm.metric().namespace() + " "
                + alarm.metric().name() + " " + bound + " in " + evaluation.datapoints() + " of "
                + evaluation.periods() + " periods of " + evaluation.periodSeconds() + " s, no data: "
                + evaluation.missing().id();
    }

    private static String description(Alarm alarm) {
        String text = Foreign.encodable(alarm.why());
        return text.length() <= DESCRIPTION ? text : text.substring(0, DESCRIPTION);
    }

    private static List<Object> dimensions(Metric metric) {
        List<Object> dimensions = new ArrayList<>();
        metric.dimensions().forEach((name, value) -> dimensions.add(ordered("Name", name, "Value", value)));
        return dimensions;
    }

    private static BigDecimal number(double value) {
        BigDecimal number = BigDecimal.valueOf(value).stripTrailingZeros();
        return number.scale() < 0 ? number.setScale(0) : number;
    }

    /** {@code Backend5xx}: letters and digits only. */
    private static String logicalId(Kind kind) {
        StringBuilder id = new StringBuilder();
        for (String word : kind.id().split("-", -1)) {
            id.append(word.substring(0, 1).toUpperCase(Locale.ROOT)).append(word.substring(1));
        }
        return id.toString();
    }

    private static Map<String, Object> ordered(Object... namesAndValues) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            map.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return map;
    }
}
