/** OTLP has the W3C trace flags in the low byte; Jaeger's own flags (1 sampled, 2 debug) go there. */
export const JAEGER_FLAGS = 0xff;
