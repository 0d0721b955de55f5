import './path-facts.css';
import type { ReactElement, ReactNode } from 'react';
import { durationText } from '../../../../model/duration-text.ts';
import type { PathNode } from '../../../../model/path-tree.ts';
import { SafeText } from '../../../components/safe-text.tsx';
import { ServiceDot } from '../../../components/service-dot.tsx';
import { text } from '../../../text/common-text.ts';
import { viewsText } from '../../../text/trace-views-text.ts';

interface PathFactsProps {
  /** The one that is pointed at or chosen. */
  readonly node: PathNode | undefined;
  /** Shown while there is none. */
  readonly hint: string;
  /** What else is to say, or to do, about the node. */
  readonly children: ReactNode;
}

/** The numbers of a path in one line, whose height never changes. */
export function PathFacts({ node, hint, children }: PathFactsProps): ReactElement {
  return (
    <div className="path-facts numbers" role="status">
      {node === undefined ? (
        <span className="muted">{hint}</span>
      ) : (
        <>
          <span className="path-facts-name" title={`${node.service} ${node.operation}`}>
            <ServiceDot name={node.service} /> <SafeText>{node.operation}</SafeText>
          </span>
          <span>{text.spans(node.count)}</span>
          <span>{viewsText.totalOf(durationText(node.totalUs))}</span>
          <span>{viewsText.selfOf(durationText(node.selfUs))}</span>
          {node.errorCount > 0 && (
            <span className="path-facts-errors">{text.errors(node.errorCount)}</span>
          )}
          {children}
        </>
      )}
    </div>
  );
}
