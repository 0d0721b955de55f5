import './attribute-table.css';
import type { ReactElement } from 'react';
import { safeLink } from '../../../model/safe-link.ts';
import type { TextAttribute } from '../../../model/timeline-span.ts';
import { CopyButton } from '../../components/copy-button.tsx';
import { SafeText } from '../../components/safe-text.tsx';
import { text } from '../../text.ts';

interface AttributeTableProps {
  readonly attributes: readonly TextAttribute[];
  readonly label: string;
}

/** Keys and values in full: they wrap, they are never cut off. */
export function AttributeTable({ attributes, label }: AttributeTableProps): ReactElement {
  return (
    <table className="attribute-table" aria-label={label}>
      <tbody>
        {attributes.map(({ key, value }, index) => (
          <tr key={index}>
            <th scope="row">
              <SafeText>{key}</SafeText>
            </th>
            <td>
              <AttributeValue value={value} />
            </td>
            <td className="attribute-copy">
              <CopyButton value={value} label={text.copyValue(key)} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function AttributeValue({ value }: { value: string }): ReactElement {
  const link = safeLink(value);
  if (link !== undefined) {
    return (
      <a href={link} target="_blank" rel="noopener noreferrer">
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
