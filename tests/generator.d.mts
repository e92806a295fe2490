/** Mulberry32: the same numbers, from 0 up to 1, for the same seed. */
export function generator(seed: number): () => number;
