package io.github.eastwest.aws;

/**
 * How an endpoint behaves where AWS's behaviour varies.
 *
 * @param pageSize most items of a page, where AWS's own bound is not smaller
 * @param emptyLogPages empty pages with a token before each page of log events
 * @param insightsPolls answers of GetQueryResults before a query is complete; the first says {@code Scheduled}, the others
 *     {@code Running}
 * @param infrequentAccess whether all log groups are of that class
 * @param fieldDiscovery whether Insights discovers JSON fields; AWS documents that it does in the standard class only
 * @param logBytesFactor what the bytes of AWS/Logs metrics and of Insights statistics are multiplied with, to claim a large volume
 * @param namespaceListingsPerSecond rate of ListServicesByNamespace; 0 for no bound
 */
record Settings(
        int pageSize,
        int emptyLogPages,
        int insightsPolls,
        boolean infrequentAccess,
        boolean fieldDiscovery,
        long logBytesFactor,
        int namespaceListingsPerSecond) {
    static final Settings DEFAULT = new Settings(Integer.MAX_VALUE, 0, 2, false, true, 1, 0);

    Settings withPageSize(int size) {
        return new Settings(
                size,
                emptyLogPages,
                insightsPolls,
                infrequentAccess,
                fieldDiscovery,
                logBytesFactor,
                namespaceListingsPerSecond);
    }

    Settings withEmptyLogPages(int pages) {
        return new Settings(
                pageSize,
                pages,
                insightsPolls,
                infrequentAccess,
                fieldDiscovery,
                logBytesFactor,
                namespaceListingsPerSecond);
    }

    Settings withInsightsPolls(int polls) {
        return new Settings(
                pageSize,
                emptyLogPages,
                polls,
                infrequentAccess,
                fieldDiscovery,
                logBytesFactor,
                namespaceListingsPerSecond);
    }

    /** Log groups of the class that has no FilterLogEvents and no discovered fields. */
    Settings withInfrequentAccess() {
        return new Settings(
                pageSize, emptyLogPages, insightsPolls, true, false, logBytesFactor, namespaceListingsPerSecond);
    }

    Settings withLogBytesFactor(long factor) {
        return new Settings(
                pageSize,
                emptyLogPages,
                insightsPolls,
                infrequentAccess,
                fieldDiscovery,
                factor,
                namespaceListingsPerSecond);
    }

    Settings withNamespaceListingsPerSecond(int rate) {
        return new Settings(
                pageSize, emptyLogPages, insightsPolls, infrequentAccess, fieldDiscovery, logBytesFactor, rate);
    }
}
