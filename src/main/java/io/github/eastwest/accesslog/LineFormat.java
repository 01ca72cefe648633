package io.github.eastwest.accesslog;

/** Names of the access-log formats, as they appear in every output. */
public final class LineFormat {
    /** Service Connect, TEXT, appProtocol http. */
    public static final String SERVICE_CONNECT_HTTP_TEXT = "service-connect-http-text";
    /** Service Connect, TEXT, appProtocol http2. */
    public static final String SERVICE_CONNECT_HTTP2_TEXT = "service-connect-http2-text";
    /** Service Connect, TEXT, appProtocol grpc. */
    public static final String SERVICE_CONNECT_GRPC_TEXT = "service-connect-grpc-text";
    /** Service Connect, TEXT, no appProtocol. */
    public static final String SERVICE_CONNECT_TCP_TEXT = "service-connect-tcp-text";
    /** Service Connect, JSON, appProtocol http. */
    public static final String SERVICE_CONNECT_HTTP_JSON = "service-connect-http-json";
    /** Service Connect, JSON, appProtocol http2. */
    public static final String SERVICE_CONNECT_HTTP2_JSON = "service-connect-http2-json";
    /** Service Connect, JSON, appProtocol grpc. */
    public static final String SERVICE_CONNECT_GRPC_JSON = "service-connect-grpc-json";
    /** Service Connect, JSON, no appProtocol. */
    public static final String SERVICE_CONNECT_TCP_JSON = "service-connect-tcp-json";
    /** Envoy's default format; App Mesh and Contour print it too. */
    public static final String ENVOY_TEXT = "envoy-text";
    /** Istio's text formats of all generations. */
    public static final String ISTIO_TEXT = "istio-text";
    /** Istio's JSON format. */
    public static final String ISTIO_JSON = "istio-json";
    /** Envoy Gateway's JSON format. */
    public static final String ENVOY_GATEWAY_JSON = "envoy-gateway-json";
    /** A JSON object of one's own whose keys have the usual names. */
    public static final String JSON = "json";
    /** {@code key=value} pairs whose keys have the usual names. */
    public static final String KEY_VALUE = "key-value";

    private LineFormat() {}
}
