import { grown } from '../../../model/grown.ts';

const FIRST_CAPACITY = 256;

/** A list of unsigned 32-bit numbers. */
export class GrowingWords {
  length = 0;
  words = new Uint32Array(FIRST_CAPACITY);

  push(word: number): void {
    if (this.length === this.words.length) {
      this.words = grown(Uint32Array, this.words, 2 * this.words.length);
    }
    this.words[this.length] = word;
    this.length += 1;
  }
}
