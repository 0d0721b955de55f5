import { Fragment, type ReactElement } from 'react';
import { visibleText } from '../../model/visible-text.ts';

/** Text that came with spans: always a text node, and what would be invisible in it is shown. */
export function SafeText({ children }: { children: string }): ReactElement {
  return (
    <bdi>
      {visibleText(children).map((part, index) =>
        part.hidden ? (
          <span key={index} className="hidden-character">
            {part.text}
          </span>
        ) : (
          <Fragment key={index}>{part.text}</Fragment>
        ),
      )}
    </bdi>
  );
}
