import './attribute-table.css';
import type { ReactElement } from 'react';
import type { PatternLink } from '../../../model/link-patterns.ts';
import { safeLink } from '../../../model/safe-link.ts';
import type { TextAttribute } from '../../../model/timeline-span.ts';
import { CopyButton } from '../../components/copy-button.tsx';
import { SafeText } from '../../components/safe-text.tsx';
import { useLinkTarget } from '../../config/ui-config.ts';
import { traceText } from '../../text/trace-text.ts';
import { PatternLinks } from './pattern-links.tsx';

interface AttributeTableProps {
  readonly attributes: readonly TextAttribute[];
  readonly label: string;
  readonly linksOf: (attribute: TextAttribute) => readonly PatternLink[];
}

/** Keys and values in full: they wrap, they are never cut off. */
export function AttributeTable(props: AttributeTableProps): ReactElement {
  const { attributes, label, linksOf } = props;
  return (
    <table className="attribute-table" aria-label={label}>
      <tbody>
        {attributes.map((attribute, index) => (
          <tr key={index}>
            <th scope="row">
              <SafeText>{attribute.key}</SafeText>
            </th>
            <td>
              <AttributeValue value={attribute.value} />
              <PatternLinks links={linksOf(attribute)} label={traceText.linksOf(attribute.key)} />
            </td>
            <td className="attribute-copy">
              <CopyButton value={attribute.value} label={traceText.copyValue(attribute.key)} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function AttributeValue({ value }: { value: string }): ReactElement {
  const target = useLinkTarget();
  const link = safeLink(value);
  if (link !== undefined) {
    return (
      <a href={link} {...target}>
        <SafeText>{value}</SafeText>
      </a>
    );
  }
  const json = prettyJson(value);
  if (json === undefined) return <SafeText>{value}</SafeText>;
  return (
    <pre>
      <SafeText>{json}</SafeText>
    </pre>
  );
}

/** Objects and lists, indented; undefined for any other text. */
function prettyJson(value: string): string | undefined {
  if (!/^\s*[[{]/.test(value)) return undefined;
  try {
    return JSON.stringify(JSON.parse(value), undefined, 2);
  } catch {
    return undefined;
  }
}
