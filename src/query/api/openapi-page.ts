import { VERSION } from '../../runtime/version.ts';
import type { EndpointDoc, ParameterDoc } from './endpoint-doc.ts';
import type { Endpoint } from './endpoint.ts';

const FAMILY_TITLES: Readonly<Record<Endpoint['family'], string>> = {
  jaeger: 'API of the UI',
  v3: 'API v3',
  tempo: "Grafana Tempo's API",
};

/** What these endpoints are, for people. Its style sheet is `api.css` beside it; it has no scripts. */
export function openApiPage(title: string, endpoints: readonly Endpoint[]): string {
  const families = Map.groupBy(endpoints, ({ family }) => family);
  const sections = [...families].map(([family, ofFamily]) => familySection(family, ofFamily));
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${title}</title><link rel="stylesheet" href="api.css"></head><body><main>
<h1>${title}</h1>
<p>Version ${html(VERSION)}, for programs: <a href="../openapi.json">openapi.json</a></p>
${sections.join('\n')}
</main></body></html>
`;
}

function familySection(family: Endpoint['family'], endpoints: readonly Endpoint[]): string {
  const sections = endpoints.flatMap(({ doc, method }) =>
    doc === undefined ? [] : [endpointSection(doc, method)],
  );
  return `<h2>${html(FAMILY_TITLES[family])}</h2>\n${sections.join('\n')}`;
}

function endpointSection({ body, parameters, path, summary }: EndpointDoc, method: string): string {
  const bodyText = body === undefined ? '' : `<p>Body: ${html(body)}</p>`;
  const name = `<span>${method}</span> ${html(path)}`;
  return `<section><h3><code>${name}</code></h3><p>${html(summary)}</p>${bodyText}${parameterTable(parameters)}</section>`;
}

function parameterTable(parameters: readonly ParameterDoc[]): string {
  if (parameters.length === 0) return '';
  const heads = ['Parameter', 'Type', 'Required', 'Meaning'].map(
    (head) => `<th scope="col">${head}</th>`,
  );
  const rows = parameters.map(({ isRepeated, isRequired, name, text, type }) => {
    const times = isRepeated === true ? ', any number of times' : '';
    return `<tr><td><code>${html(name)}</code></td><td>${type}${times}</td><td>${isRequired === true ? 'yes' : 'no'}</td><td>${html(text)}</td></tr>`;
  });
  return `<table><thead><tr>${heads.join('')}</tr></thead><tbody>${rows.join('')}</tbody></table>`;
}

function html(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
