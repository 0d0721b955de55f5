import './attribute-table.css';
import { Braces } from 'lucide-react';
import { type ReactElement, useMemo } from 'react';
import { readJson } from '../../../model/json-tree.ts';
import type { PatternLink } from '../../../model/link-patterns.ts';
import { safeLink } from '../../../model/safe-link.ts';
import { firstPiece } from '../../../model/text-pieces.ts';
import type { TextAttribute } from '../../../model/timeline-span.ts';
import { CopyButton } from '../../components/copy-button.tsx';
import { SafeText } from '../../components/safe-text.tsx';
import { useLinkTarget } from '../../config/ui-config.ts';
import { traceText } from '../../text/trace-text.ts';
import { JsonValue } from './json-value.tsx';
import { LongText } from './long-text.tsx';
import { PatternLinkMenu } from './pattern-links.tsx';

interface AttributeTableProps {
  readonly attributes: readonly TextAttribute[];
  readonly label: string;
  readonly linksOf: (attribute: TextAttribute) => readonly PatternLink[];
}

/** Keys and values: they wrap, and what is too long to be drawn at once is a click away. */
export function AttributeTable(props: AttributeTableProps): ReactElement {
  const { attributes, label, linksOf } = props;
  return (
    <table className="attribute-table" aria-label={label}>
      <tbody>
        {attributes.map((attribute, index) => {
          const { key, value } = attribute;
          return (
            <tr key={index}>
              <th scope="row">
                <SafeText>{key}</SafeText>
              </th>
              <td>
                <AttributeValue value={value} />
                <PatternLinkMenu links={linksOf(attribute)} label={traceText.linksOf(key)} />
              </td>
              <td className="attribute-copy">
                <CopyButton value={value} label={traceText.copyValue(key)} />
                <CopyButton
                  value={JSON.stringify({ key, value }, undefined, 2)}
                  label={traceText.copyPair(key)}
                  icon={Braces}
                />
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

function AttributeValue({ value }: { value: string }): ReactElement {
  const target = useLinkTarget();
  const json = useMemo(() => readJson(value), [value]);
  const link = firstPiece(value) === value ? safeLink(value) : undefined;
  if (link !== undefined) {
    return (
      <a href={link} {...target}>
        <SafeText>{value}</SafeText>
      </a>
    );
  }
  return json === undefined ? <LongText>{value}</LongText> : <JsonValue node={json} />;
}
