package io.github.eastwest.aws;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/** The wire protocols: how requests are marked, how answers and errors are written. */
enum Wire {
    JSON_1_1("application/x-amz-json-1.1"),
    JSON_1_0("application/x-amz-json-1.0"),
    QUERY("application/x-www-form-urlencoded"),
    EC2("application/x-www-form-urlencoded");

    private final String requestType;

    Wire(String requestType) {
        this.requestType = requestType;
    }

    /** A request's media type. */
    String requestType() {
        return requestType;
    }

    /** An answer's media type. */
    String contentType() {
        return json() ? requestType : "text/xml;charset=UTF-8";
    }

    private boolean json() {
        return this == JSON_1_1 || this == JSON_1_0;
    }

    byte[] answer(ApiCall call, Map<String, Object> document, String requestId) {
        Shape shape = Shape.response(call.service(), call.operation());
        if (json()) {
            return Documents.JSON.writeValueAsBytes(shape.toJson(document));
        }
        String name = call.operation();
        StringBuilder xml = new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        xml.append('<')
                .append(name)
                .append("Response xmlns=\"")
                .append(namespace(call.service()))
                .append("\">");
        if (this == EC2) {
            xml.append("<requestId>").append(requestId).append("</requestId>");
            shape.toXml(document, xml);
        } else {
            xml.append('<').append(name).append("Result>");
            shape.toXml(document, xml);
            xml.append("</").append(name).append("Result><ResponseMetadata><RequestId>");
            xml.append(requestId).append("</RequestId></ResponseMetadata>");
        }
        return xml.append("</").append(name).append("Response>").toString().getBytes(StandardCharsets.UTF_8);
    }

    private static String namespace(String service) {
        return switch (service) {
            case "ec2" -> "http://ec2.amazonaws.com/doc/2016-11-15/";
            case "sts" -> "https://sts.amazonaws.com/doc/2011-06-15/";
            default -> "http://monitoring.amazonaws.com/doc/2010-08-01/";
        };
    }

    /**
     * An error as the protocol has it.
     *
     * @param action the IAM action that was called
     */
    byte[] error(ApiError error, String action, String requestId) {
        String message = message(error, action);
        StringBuilder xml = new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        switch (this) {
            case EC2 -> {
                xml.append("<Response><Errors><Error><Code>")
                        .append(code(error))
                        .append("</Code><Message>");
                Shape.escape(message, xml);
                xml.append("</Message></Error></Errors><RequestID>")
                        .append(requestId)
                        .append("</RequestID></Response>");
            }
            case QUERY -> {
                xml.append("<ErrorResponse><Error><Type>").append(status(error) < 500 ? "Sender" : "Receiver");
                xml.append("</Type><Code>").append(code(error)).append("</Code><Message>");
                Shape.escape(message, xml);
                xml.append("</Message></Error><RequestId>").append(requestId).append("</RequestId></ErrorResponse>");
            }
            case JSON_1_0, JSON_1_1 -> {
                boolean ofTheService = error.kind() == ApiError.Kind.OF_THE_SERVICE;
                Map<String, Object> document = new LinkedHashMap<>();
                // What the front end refuses before the service sees it has a prefix and a capital letter.
                document.put("__type", (ofTheService ? "" : "com.amazon.coral.service#") + code(error));
                document.put(ofTheService ? "message" : "Message", message);
                return Documents.JSON.writeValueAsBytes(document);
            }
        }
        return xml.toString().getBytes(StandardCharsets.UTF_8);
    }

    int status(ApiError error) {
        return switch (error.kind()) {
            case OF_THE_SERVICE, UNKNOWN_MEMBER, MALFORMED -> 400;
            case DENIED -> json() ? 400 : 403;
            case EXPIRED -> this == QUERY ? 403 : 400;
            case UNKNOWN_KEY -> this == EC2 ? 401 : json() ? 400 : 403;
            case BAD_SIGNATURE, MISSING_SIGNATURE -> json() ? 400 : 403;
            case THROTTLED -> this == EC2 ? 503 : 400;
            case UNKNOWN_OPERATION -> 400;
            case INTERNAL -> 500;
        };
    }

    String code(ApiError error) {
        return switch (error.kind()) {
            case OF_THE_SERVICE -> error.code();
            case DENIED -> json() ? "AccessDeniedException" : this == EC2 ? "UnauthorizedOperation" : "AccessDenied";
            case EXPIRED -> json() ? "ExpiredTokenException" : this == EC2 ? "RequestExpired" : "ExpiredToken";
            case UNKNOWN_KEY ->
                json() ? "UnrecognizedClientException" : this == EC2 ? "AuthFailure" : "InvalidClientTokenId";
            case BAD_SIGNATURE -> json() ? "InvalidSignatureException" : "SignatureDoesNotMatch";
            case MISSING_SIGNATURE -> json() ? "MissingAuthenticationTokenException" : "MissingAuthenticationToken";
            case THROTTLED -> json() ? "ThrottlingException" : this == EC2 ? "RequestLimitExceeded" : "Throttling";
            case INTERNAL -> this == EC2 ? "InternalError" : "InternalFailure";
            case UNKNOWN_OPERATION -> json() ? "UnknownOperationException" : "InvalidAction";
            case UNKNOWN_MEMBER ->
                json() ? "SerializationException" : this == EC2 ? "UnknownParameter" : "MalformedInput";
            case MALFORMED -> json() ? "SerializationException" : "MalformedInput";
        };
    }

    private static String message(ApiError error, String action) {
        return switch (error.kind()) {
            case OF_THE_SERVICE, MALFORMED -> error.text();
            case DENIED ->
                "User: arn:aws:sts::123456789012:assumed-role/on-call/eastwest is not authorized to perform: " + action
                        + " on resource: * because no identity-based policy allows the " + action + " action";
            case EXPIRED -> "The security token included in the request is expired";
            case UNKNOWN_KEY -> "The security token included in the request is invalid.";
            case BAD_SIGNATURE ->
                "The request signature we calculated does not match the signature you provided. Check your AWS Secret"
                        + " Access Key and signing method.";
            case MISSING_SIGNATURE -> "Missing Authentication Token";
            case THROTTLED -> "Rate exceeded";
            case INTERNAL -> "An internal error occurred";
            case UNKNOWN_OPERATION -> "The action " + error.text() + " is not valid for this endpoint.";
            case UNKNOWN_MEMBER -> "The parameter " + error.text() + " is not recognized";
        };
    }
}
