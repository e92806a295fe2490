export class ServiceTime {
  readonly now: () => number;
  hold(): void;
  runOn(): void;
  pass(ms?: number): void;
}
