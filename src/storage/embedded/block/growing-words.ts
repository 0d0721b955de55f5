const FIRST_CAPACITY = 256;

/** A list of unsigned 32-bit numbers. */
export class GrowingWords {
  length = 0;
  words = new Uint32Array(FIRST_CAPACITY);

  push(word: number): void {
    if (this.length === this.words.length) {
      const { words } = this;
      this.words = new Uint32Array(2 * words.length);
      this.words.set(words);
    }
    this.words[this.length] = word;
    this.length += 1;
  }
}
