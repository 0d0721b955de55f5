import './long-text.css';
import { type ReactElement, useMemo, useState } from 'react';
import { firstPiece, textPieces } from '../../../model/text-pieces.ts';
import { SafeText } from '../../components/safe-text.tsx';
import { byteSizeText } from '../../byte-size-text.ts';
import { traceText } from '../../text/trace-text.ts';

/** Text of any size from spans: of a long one the beginning, and a button for all of it. */
export function LongText({ children }: { children: string }): ReactElement {
  const [all, setAll] = useState(false);
  const first = firstPiece(children);
  if (first.length === children.length) return <SafeText>{children}</SafeText>;
  if (all) return <Pieces text={children} />;
  return (
    <>
      <SafeText>{first}</SafeText>…{' '}
      <button
        type="button"
        className="span-link"
        onClick={() => {
          setAll(true);
        }}
      >
        {traceText.showAll(byteSizeText(children))}
      </button>
    </>
  );
}

function Pieces({ text }: { text: string }): ReactElement {
  const pieces = useMemo(() => textPieces(text), [text]);
  return (
    <span className="long-text" role="group" aria-label={traceText.wholeText} tabIndex={0}>
      {pieces.map((piece, index) => (
        <span key={index}>
          <SafeText>{piece}</SafeText>
        </span>
      ))}
    </span>
  );
}
