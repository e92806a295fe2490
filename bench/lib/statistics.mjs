// Of a few samples that others disturb: no means.

/** The lower quartile, the median and the upper quartile. */
export function quartiles(values) {
  return [0.25, 0.5, 0.75].map((part) => quantile(values, part));
}

export function median(values) {
  return quantile(values, 0.5);
}

function quantile(values, part) {
  const sorted = [...values].sort((a, b) => a - b);
  const place = (sorted.length - 1) * part;
  const [below, above] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]];
  return below + (above - below) * (place % 1);
}
