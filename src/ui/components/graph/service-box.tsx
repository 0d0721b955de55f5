import './service-box.css';
import type { CSSProperties, ReactElement, ReactNode } from 'react';
import { useServiceColor } from '../../service-colors.ts';
import { SafeText } from '../safe-text.tsx';
import type { Size } from './viewport.ts';

const NARROWEST_PX = 92;
const WIDEST_PX = 260;
/** Padding, border and the stripe of colour. */
const AROUND_PX = 30;
const LINE_PX = 19;
const ASIDE_PX = 44;
/** Of a character of the name and of the smaller note, about; wide scripts take twice as much. */
const NAME_CHARACTER_PX = 7.6;
const NOTE_CHARACTER_PX = 7.2;

interface ServiceBoxProps {
  readonly name: string;
  /** A line below the name. */
  readonly note: string;
  readonly focal: boolean;
  /** At its end; has the height of the box. */
  readonly aside?: ReactNode;
}

/** A node of a graph of services: in the service's colour, its name and a line about it. */
export function ServiceBox({ name, note, focal, aside }: ServiceBoxProps): ReactElement {
  const style: CSSProperties & Record<'--service', string> = {
    '--service': useServiceColor()(name),
  };
  return (
    <span className="service-box" style={style} data-focal={focal}>
      <span className="service-box-text">
        <span className="service-box-name">
          <SafeText>{name}</SafeText>
        </span>{' '}
        {note !== '' && (
          <span className="service-box-note">
            <SafeText>{note}</SafeText>
          </span>
        )}
      </span>
      {aside}
    </span>
  );
}

/** Room for a box: what does not fit is cut off on the screen and said on hover. */
export function serviceBoxSize(name: string, note: string, hasAside = false): Size {
  const text = Math.max(
    textColumns(name) * NAME_CHARACTER_PX,
    textColumns(note) * NOTE_CHARACTER_PX,
  );
  const width = Math.ceil(Math.min(WIDEST_PX, Math.max(NARROWEST_PX, text + AROUND_PX)));
  const height = 12 + LINE_PX * (note === '' ? 1 : 2);
  return hasAside
    ? { width: width + ASIDE_PX, height: Math.max(height, ASIDE_PX) }
    : { width, height };
}

/** Characters of East Asian scripts are as wide as two others. */
function textColumns(text: string): number {
  const wide = text.match(/[\u1100-\u11ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uff60]/gu);
  return text.length + (wide?.length ?? 0);
}
