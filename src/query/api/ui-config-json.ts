/**
 * What the query service tells the browser: the JSON in the `jaeger-config` script element of
 * index.html. Types only.
 */
export interface UiConfigJson {
  /** The file of query.ui-config; {} without one. */
  readonly config: Readonly<Record<string, unknown>>;
  readonly version: { readonly gitVersion: string };
  readonly capabilities: {
    readonly archiveStorage: boolean;
    readonly metricsStorage: boolean;
    readonly searchWithoutServiceName: boolean;
    /** Whether searches take the operators of `filter`. */
    readonly searchFilters: boolean;
  };
}
