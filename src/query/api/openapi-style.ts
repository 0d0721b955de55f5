/** The look of the page of endpoints: that of the UI, which a deployment need not have. */
export const OPENAPI_STYLE = `:root {
  color-scheme: light dark;
  --bg: light-dark(#f6f7f9, #0e1116);
  --surface: light-dark(#ffffff, #151a21);
  --surface-2: light-dark(#f0f2f5, #1c222b);
  --line: light-dark(#e2e6eb, #272e38);
  --text: light-dark(#15191f, #e7eaee);
  --text-2: light-dark(#4f5967, #a3adba);
  --accent: light-dark(#0b6f78, #5ccad2);
  font: 14px/1.5 Inter, system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', sans-serif;
}

body {
  margin: 0;
  background: var(--bg);
  color: var(--text);
}

main {
  max-width: 1000px;
  margin: 0 auto;
  padding: 24px 16px 40px;
}

h1, h2, h3, p {
  margin: 0;
}

h1 {
  font-size: 26px;
  letter-spacing: -0.02em;
}

h2 {
  padding: 32px 0 12px;
  font-size: 20px;
}

h3 {
  font-size: 14px;
}

section {
  display: grid;
  grid-template-columns: minmax(0, 1fr);
  gap: 8px;
  margin-bottom: 12px;
  padding: 14px 16px;
  border: 1px solid var(--line);
  border-radius: 10px;
  background: var(--surface);
}

p, th {
  color: var(--text-2);
}

a, h3 span {
  color: var(--accent);
}

a:focus-visible {
  outline: 2px solid var(--accent);
  outline-offset: 2px;
}

code {
  font-family: ui-monospace, 'SF Mono', 'Cascadia Mono', 'Roboto Mono', Menlo, 'DejaVu Sans Mono', monospace;
  overflow-wrap: anywhere;
}

td code {
  font-size: 13px;
}

table {
  width: 100%;
  border-spacing: 0;
  font-size: 13px;
}

th, td {
  padding: 5px 12px;
  border-bottom: 1px solid var(--line);
  text-align: start;
  vertical-align: baseline;
  overflow-wrap: anywhere;
}

th {
  background: var(--surface-2);
  font-size: 12px;
  font-weight: 550;
}

tbody tr:last-child td {
  border-bottom: 0;
}

/* A phone has little room for four columns. */
@media (max-width: 600px) {
  th, td {
    padding-inline: 6px;
  }
}

/* Elsewhere they are the same in every table, and stand below one another. */
@media (min-width: 601px) {
  table {
    table-layout: fixed;
  }

  th:nth-child(1) {
    width: 24%;
  }

  th:nth-child(2) {
    width: 18%;
  }

  th:nth-child(3) {
    width: 8%;
  }
}
`;
