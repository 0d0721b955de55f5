import type { ReactElement } from 'react';
import { durationText } from '../../../../../model/duration-text.ts';
import type { PathNode } from '../../../../../model/path-tree.ts';
import { SafeText } from '../../../../components/safe-text.tsx';
import { ServiceDot } from '../../../../components/service-dot.tsx';
import { text } from '../../../../text/common-text.ts';
import { flamegraphText } from '../../../../text/trace-flamegraph-text.ts';
import type { Flame } from './flame.ts';

interface FlameFactsProps {
  readonly flame: Flame;
  readonly node: PathNode | undefined;
}

/** The numbers of the box that is pointed at or chosen. */
export function FlameFacts({ flame, node }: FlameFactsProps): ReactElement {
  return (
    <p className="flame-facts numbers" role="status">
      {node === undefined ? (
        <span className="muted">{flamegraphText.hint}</span>
      ) : (
        <>
          <span className="flame-facts-name">
            <ServiceDot name={node.service} /> <SafeText>{node.operation}</SafeText>
          </span>
          <span>{text.spans(node.count)}</span>
          <span>{flamegraphText.totalOf(durationText(node.totalUs))}</span>
          <span>{flamegraphText.selfOf(durationText(node.selfUs))}</span>
          <span>{flamegraphText.shareOf(shareText(flame, node))}</span>
          {node.errorCount > 0 && (
            <span className="flame-facts-errors">{text.errors(node.errorCount)}</span>
          )}
        </>
      )}
    </p>
  );
}

function shareText({ weights, totalWeight }: Flame, { index }: PathNode): string {
  if (totalWeight === 0) return '0 %';
  return `${(((weights[index] ?? 0) / totalWeight) * 100).toFixed(1)} %`;
}
