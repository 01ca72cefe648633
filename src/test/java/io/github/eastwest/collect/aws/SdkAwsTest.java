package io.github.eastwest.collect.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.eastwest.collect.Answer;
import io.github.eastwest.collect.AwsFailure;
import io.github.eastwest.collect.AwsFailure.Kind;
import io.github.eastwest.collect.Call;
import io.github.eastwest.collect.Operation;
import io.github.eastwest.collect.aws.Stub.Asked;
import io.github.eastwest.collect.aws.Stub.Reply;
import io.github.eastwest.model.Side;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Requests, answers, pages and splitting, against HTTP. */
class SdkAwsTest {
    private static final Duration LONG = Duration.ofSeconds(20);

    private final Stub stub = new Stub();
    private final SdkAws aws = SdkAws.open(stub.settings());

    @AfterEach
    void close() {
        aws.close();
        stub.close();
    }

    private Answer call(Operation operation, Map<String, Object> parameters) throws Exception {
        return aws.call(Call.of(operation, Side.CALLER, parameters), LONG);
    }

    private static List<String> names(int count) {
        return IntStream.rangeClosed(1, count).mapToObj(i -> "s" + i).toList();
    }

    @Test
    void answersWhatWasSentAndNothingElse() throws Exception {
        stub.with(Reply.json("{\"services\":[{\"serviceName\":\"payments\",\"events\":[],"
                + "\"createdAt\":1763632800.5,\"desiredCount\":2}],\"failures\":[]}"));

        Answer answer = call(Operation.DESCRIBE_SERVICES, Map.of("cluster", "prod", "services", List.of("payments")));

        // 1763632800 s = 2025-11-20T10:00:00Z
        assertThat(answer.document())
                .isEqualTo(Map.of(
                        "services",
                        List.of(Map.of(
                                "serviceName",
                                "payments",
                                "events",
                                List.of(),
                                "createdAt",
                                "2025-11-20T10:00:00.500000+00:00",
                                "desiredCount",
                                2)),
                        "failures",
                        List.of()));
        assertThat(answer.cutShort()).isEmpty();
        assertThat(answer.requests()).isEqualTo(1);
        assertThat(stub.asked().get(0).body()).isEqualTo("{\"cluster\":\"prod\",\"services\":[\"payments\"]}");
    }

    @Test
    void sendsNestedParametersAndTimes() throws Exception {
        stub.with(new Reply(200, metrics("", "m", "Complete", 1)));
        Map<String, Object> metric =
                Map.of("Namespace", "AWS/ECS", "Dimensions", List.of(Map.of("Name", "ClusterName", "Value", "prod")));

        call(
                Operation.GET_METRIC_DATA,
                Map.of(
                        "StartTime", Instant.parse("2026-11-20T10:00:00Z"),
                        "EndTime", "2026-11-20T11:00:00+00:00",
                        "MetricDataQueries",
                                List.of(Map.of("Id", "m", "MetricStat", Map.of("Metric", metric, "Period", 60)))));

        Asked asked = stub.asked().get(0);
        assertThat(asked.parameter("StartTime")).contains("2026-11-20T10:00:00Z");
        assertThat(asked.parameter("EndTime")).contains("2026-11-20T11:00:00Z");
        assertThat(asked.parameter("MetricDataQueries.member.1.MetricStat.Period"))
                .contains("60");
        assertThat(asked.parameter("MetricDataQueries.member.1.MetricStat.Metric.Dimensions.member.1.Value"))
                .contains("prod");
    }

    @Test
    void unknownParametersAreMistakes() {
        assertThatThrownBy(() -> call(Operation.DESCRIBE_SERVICES, Map.of("Cluster", "prod")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Cluster");
        assertThatThrownBy(() -> call(
                        Operation.DESCRIBE_SUBNETS, Map.of("Filters", List.of(Map.of("Name", "vpc-id", "Value", "v")))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Value");
        assertThat(stub.asked()).isEmpty();
    }

    @Test
    void parametersOfAnotherTypeAreMistakes() {
        assertThatThrownBy(() -> call(Operation.DESCRIBE_SERVICES, Map.of("services", "payments")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("services");
        assertThatThrownBy(() -> call(Operation.LIST_SERVICES, Map.of("maxResults", 1.5)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("maxResults");
        assertThatThrownBy(() -> call(Operation.START_QUERY, Map.of("startTime", "yesterday")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("startTime");
        assertThat(stub.asked()).isEmpty();
    }

    @Test
    void followsPages() throws Exception {
        stub.with(
                Reply.json("{\"serviceArns\":[\"a\",\"b\"],\"nextToken\":\"t1\"}"),
                Reply.json("{\"serviceArns\":[\"c\"],\"nextToken\":\"\"}"));

        Answer answer = call(Operation.LIST_SERVICES_BY_NAMESPACE, Map.of("namespace", "n"));

        assertThat(answer.document()).isEqualTo(Map.of("serviceArns", List.of("a", "b", "c")));
        assertThat(answer.cutShort()).isEmpty();
        assertThat(answer.requests()).isEqualTo(2);
        assertThat(stub.asked().get(0).body()).contains("\"maxResults\":100").doesNotContain("nextToken");
        assertThat(stub.asked().get(1).body()).contains("\"nextToken\":\"t1\"");
    }

    @Test
    void leavesThePageSizeToTheCaller() throws Exception {
        stub.with(Reply.json("{\"serviceArns\":[]}"));

        call(Operation.LIST_SERVICES, Map.of("maxResults", 7));

        assertThat(stub.asked().get(0).body()).isEqualTo("{\"maxResults\":7}");
    }

    @Test
    void emptyPagesAreNotTheEnd() throws Exception {
        stub.with(
                Reply.json("{\"events\":[],\"searchedLogStreams\":[],\"nextToken\":\"t1\"}"),
                Reply.json("{\"events\":[],\"nextToken\":\"t2\"}"),
                Reply.json("{\"events\":[{\"message\":\"m\",\"timestamp\":1}]}"));

        Answer answer = call(Operation.FILTER_LOG_EVENTS, Map.of("logGroupName", "g"));

        assertThat(answer.document())
                .isEqualTo(Map.of(
                        "events", List.of(Map.of("message", "m", "timestamp", 1L)), "searchedLogStreams", List.of()));
    }

    @Test
    void asManyItemsAsWereAskedForAreAll() throws Exception {
        stub.with(Reply.json("{\"serviceArns\":[\"a\",\"b\"]}"));

        Answer answer = aws.call(new Call(Operation.LIST_SERVICES, Side.CALLER, "", Map.of(), 2), LONG);

        assertThat(answer.document()).isEqualTo(Map.of("serviceArns", List.of("a", "b")));
        assertThat(answer.cutShort()).isEmpty();
        assertThat(stub.asked().get(0).body()).isEqualTo("{\"maxResults\":2}");
    }

    @Test
    void moreItemsThanWereAskedForAreLeft() throws Exception {
        stub.with(Reply.json("{\"serviceArns\":[\"a\",\"b\"],\"nextToken\":\"t\"}"));

        Answer answer = aws.call(new Call(Operation.LIST_SERVICES, Side.CALLER, "", Map.of(), 2), LONG);

        assertThat(answer.document()).isEqualTo(Map.of("serviceArns", List.of("a", "b")));
        assertThat(answer.cutShort()).get().extracting(AwsFailure::kind).isEqualTo(Kind.LIMITED);
        assertThat(stub.asked()).hasSize(1);
    }

    @Test
    void itemsBeyondThoseAskedForAreCutOffThePage() throws Exception {
        stub.with(Reply.json("{\"serviceArns\":[\"a\",\"b\",\"c\"]}"));

        Answer answer = aws.call(new Call(Operation.LIST_SERVICES, Side.CALLER, "", Map.of(), 2), LONG);

        assertThat(answer.document()).isEqualTo(Map.of("serviceArns", List.of("a", "b")));
        assertThat(answer.cutShort()).get().extracting(AwsFailure::kind).isEqualTo(Kind.LIMITED);
    }

    @Test
    void pagesThatGoInACircleEnd() throws Exception {
        stub.with(
                Reply.json("{\"serviceArns\":[\"a\"],\"nextToken\":\"t1\"}"),
                Reply.json("{\"serviceArns\":[\"b\"],\"nextToken\":\"t2\"}"),
                Reply.json("{\"serviceArns\":[\"c\"],\"nextToken\":\"t1\"}"));

        Answer answer = call(Operation.LIST_SERVICES, Map.of());

        assertThat(answer.document()).isEqualTo(Map.of("serviceArns", List.of("a", "b", "c")));
        assertThat(answer.cutShort()).get().extracting(AwsFailure::kind).isEqualTo(Kind.GARBAGE);
    }

    @Test
    void keepsThePagesBeforeAFailure() throws Exception {
        stub.with(
                Reply.json("{\"serviceArns\":[\"a\"],\"nextToken\":\"t1\"}"),
                Reply.refused("AccessDeniedException", "no"));

        Answer answer = call(Operation.LIST_SERVICES, Map.of());

        assertThat(answer.document()).isEqualTo(Map.of("serviceArns", List.of("a")));
        assertThat(answer.cutShort()).get().extracting(AwsFailure::kind).isEqualTo(Kind.DENIED);
        assertThat(answer.requests()).isEqualTo(2);
    }

    /** GetMetricData in XML with one value for one metric. */
    private static String metrics(String token, String id, String status, double value) {
        return "<GetMetricDataResponse><GetMetricDataResult><MetricDataResults><member><Id>" + id + "</Id>"
                + "<Timestamps><member>2026-11-20T10:0" + (int) value + ":00Z</member></Timestamps>"
                + "<Values><member>" + value + "</member></Values><StatusCode>" + status + "</StatusCode>"
                + "</member></MetricDataResults>"
                + (token.isEmpty() ? "" : "<NextToken>" + token + "</NextToken>")
                + "<Messages/></GetMetricDataResult></GetMetricDataResponse>";
    }

    @Test
    void joinsAMetricOfSeveralPages() throws Exception {
        stub.with(
                new Reply(200, metrics("t", "m1", "PartialData", 2)),
                new Reply(200, metrics("u", "m1", "Complete", 1)),
                new Reply(200, metrics("", "m2", "Complete", 3)));

        Answer answer = call(Operation.GET_METRIC_DATA, Map.of());

        assertThat(answer.document())
                .isEqualTo(Map.of(
                        "MetricDataResults",
                        List.of(
                                Map.of(
                                        "Id",
                                        "m1",
                                        "Timestamps",
                                        List.of("2026-11-20T10:02:00+00:00", "2026-11-20T10:01:00+00:00"),
                                        "Values",
                                        List.of(2.0, 1.0),
                                        "StatusCode",
                                        "Complete"),
                                Map.of(
                                        "Id",
                                        "m2",
                                        "Timestamps",
                                        List.of("2026-11-20T10:03:00+00:00"),
                                        "Values",
                                        List.of(3.0),
                                        "StatusCode",
                                        "Complete")),
                        "Messages",
                        List.of()));
        assertThat(stub.asked().get(1).parameter("NextToken")).contains("t");
    }

    /** Answers DescribeServices with the names asked for. */
    private static Reply services(Asked asked) {
        String all = asked.body().replaceAll(".*\"services\":\\[(.*)].*", "$1");
        return Reply.json("{\"services\":["
                + java.util.Arrays.stream(all.split(","))
                        .map(name -> "{\"serviceName\":" + name + "}")
                        .collect(Collectors.joining(","))
                + "],\"failures\":[{\"arn\":\"f\"}]}");
    }

    private static List<Object> serviceNames(Answer answer) {
        return ((List<?>) answer.document().get("services"))
                .stream().<Object>map(s -> ((Map<?, ?>) s).get("serviceName")).toList();
    }

    @Test
    void tenServicesGoIntoOneRequest() throws Exception {
        stub.with(SdkAwsTest::services);

        Answer answer = call(Operation.DESCRIBE_SERVICES, Map.of("services", names(10)));

        assertThat(stub.asked()).hasSize(1);
        assertThat(serviceNames(answer)).isEqualTo(names(10));
    }

    @Test
    void moreThanTenServicesAreSplit() throws Exception {
        stub.with(SdkAwsTest::services);

        // 71 names = 7 requests of 10 and one of 1: more requests than run at once
        Answer answer = call(Operation.DESCRIBE_SERVICES, Map.of("cluster", "prod", "services", names(71)));

        assertThat(stub.asked()).hasSize(8).allSatisfy(a -> assertThat(a.body()).contains("\"cluster\":\"prod\""));
        assertThat(serviceNames(answer)).isEqualTo(names(71));
        assertThat((List<?>) answer.document().get("failures")).hasSize(8);
        assertThat(answer.requests()).isEqualTo(8);
    }

    @Test
    void aPartThatFailsLeavesTheOthers() throws Exception {
        stub.with(asked ->
                asked.body().contains("\"s1\"") ? Reply.refused("AccessDeniedException", "no") : services(asked));

        Answer answer = call(Operation.DESCRIBE_SERVICES, Map.of("services", names(11)));

        assertThat(serviceNames(answer)).isEqualTo(List.of("s11"));
        assertThat(answer.cutShort()).get().extracting(AwsFailure::kind).isEqualTo(Kind.DENIED);
    }

    @Test
    void withoutAnyPartTheCallFails() {
        stub.with(Reply.refused("AccessDeniedException", "no"));

        assertThatThrownBy(() -> call(Operation.DESCRIBE_SERVICES, Map.of("services", names(11))))
                .asInstanceOf(InstanceOfAssertFactories.type(AwsFailure.class))
                .extracting(AwsFailure::kind)
                .isEqualTo(Kind.DENIED);
    }

    @Test
    void asksTheRegionOfTheCall() throws Exception {
        stub.with(Reply.json("{\"logGroups\":[]}"));

        aws.call(new Call(Operation.DESCRIBE_LOG_GROUPS, Side.CALLER, "us-west-2", Map.of(), Call.ALL), LONG);
        aws.call(Call.of(Operation.DESCRIBE_LOG_GROUPS, Side.CALLEE, Map.of()), LONG);

        assertThat(stub.asked())
                .extracting(a -> a.headers().get("Authorization").replaceAll(".*/(.*)/logs/.*", "$1"))
                .containsExactly("us-west-2", "eu-central-1");
    }

    @Test
    void neverGoesToAHostByTheNameOfARegion() {
        for (String region : List.of("evil.example/#", "a.b", "a:1@b", "eu-central-1.evil.example", "EU")) {
            assertThatThrownBy(() -> aws.call(
                            new Call(Operation.DESCRIBE_LOG_GROUPS, Side.CALLER, region, Map.of(), Call.ALL), LONG))
                    .as(region)
                    .hasMessageContaining("no Region has the name")
                    .asInstanceOf(InstanceOfAssertFactories.type(AwsFailure.class))
                    .extracting(AwsFailure::kind)
                    .isEqualTo(Kind.REFUSED);
        }
        assertThat(stub.asked()).isEmpty();
    }

    @Test
    void membersKeepTheOrderOfTheModel() throws Exception {
        stub.with(Reply.json("{\"failures\":[],\"services\":[{\"status\":\"ACTIVE\",\"serviceArn\":\"a\"}]}"));

        Answer answer = call(Operation.DESCRIBE_SERVICES, Map.of());

        assertThat(new LinkedHashMap<>(answer.document()))
                .hasToString("{services=[{serviceArn=a, status=ACTIVE}], failures=[]}");
    }

    @Test
    void connectionsAreKept() throws Exception {
        stub.with(asked -> asked.headers().containsKey("X-Amz-Target")
                ? Reply.json("{\"serviceArns\":[]}\n")
                : new Reply(200, "<R><subnetSet/></R>\n"));

        for (int i = 0; i < 3; i++) {
            call(Operation.LIST_SERVICES, Map.of());
            call(Operation.DESCRIBE_SUBNETS, Map.of());
        }

        assertThat(stub.asked().stream().map(Asked::port).distinct()).hasSize(1);
    }
}
