import './pattern-links.css';
import { ExternalLink } from 'lucide-react';
import type { ReactElement } from 'react';
import type { PatternLink } from '../../../model/link-patterns.ts';
import { SafeText } from '../../components/safe-text.tsx';
import { useLinkTarget } from '../../config/ui-config.ts';

interface PatternLinksProps {
  readonly links: readonly PatternLink[];
  readonly label: string;
}

/** What the configured link patterns make of a value: where to read on about it. */
export function PatternLinks({ links, label }: PatternLinksProps): ReactElement | null {
  const target = useLinkTarget();
  if (links.length === 0) return null;
  return (
    <ul className="pattern-links" aria-label={label}>
      {links.map(({ url, text }, index) => (
        <li key={index}>
          <a href={url} {...target}>
            <ExternalLink size={12} aria-hidden />
            <SafeText>{text}</SafeText>
          </a>
        </li>
      ))}
    </ul>
  );
}
