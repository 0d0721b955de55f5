/** What Jaeger answers, with 400, to a sampling query that does not name one service. */
export const SERVICE_MISSING = "'service' parameter must be provided once";

/** The service a sampling query asks for; undefined unless it is given exactly once. */
export function serviceOfQuery(url: string): string | undefined {
  const at = url.indexOf('?');
  const services = new URLSearchParams(at < 0 ? '' : url.slice(at)).getAll('service');
  return services.length === 1 && services[0] !== '' ? services[0] : undefined;
}
