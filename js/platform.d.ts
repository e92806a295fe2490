// The platform's types come from whoever compiles: the DOM's, a worker's, Node's or Bun's. Naming a global that one
// of them lacks would be an error in all of its projects, so each is asked for, and stood in for where it is not there.

/** The platform's `AbortSignal`; without types for it, what is needed of one. */
export type PlatformSignal = typeof globalThis extends { AbortSignal: { prototype: infer Signal } }
  ? Signal
  : {
      readonly aborted: boolean;
      readonly reason: unknown;
      addEventListener(type: "abort", listener: () => void): void;
      removeEventListener(type: "abort", listener: () => void): void;
    };

/** Called as the global `fetch` may be; unlike `typeof fetch` without what a runtime hangs on that function. */
export type PlatformFetch = typeof globalThis extends {
  fetch: (input: infer Input, init?: infer Init) => infer Answer;
}
  ? (input: Input, init?: Init) => Answer
  : (input: string, init?: object) => Promise<object>;

/** What calls a `fetch` only with a URL in a string and with options: the global one fits, and so does less. */
export type UrlFetch = PlatformFetch extends (input: never, init?: infer Init) => infer Answer
  ? (url: string, init: NonNullable<Init>) => Answer
  : never;

/** The platform's `WebAssembly.Module`, which has no members; without types for it, any object. */
export type PlatformModule = typeof globalThis extends {
  WebAssembly: { Module: { prototype: infer Module } };
}
  ? Module
  : object;

/** The platform's `Response`. */
export type PlatformResponse = typeof globalThis extends { Response: { prototype: infer Answer } }
  ? Answer
  : never;

/** The platform's `URL`. */
export type PlatformUrl = typeof globalThis extends { URL: { prototype: infer Url } } ? Url : never;

/** The platform's `HTMLElement`; without types for it, a class without members. */
export const PlatformElement: typeof globalThis extends { HTMLElement: infer Element }
  ? Element
  : new () => NoElement;

/** An element of the platform. */
export type PlatformElement = InstanceType<typeof PlatformElement>;

/** What an element has where there are no types for one. */
export interface NoElement {
  /** Whether it is in a document. */
  readonly isConnected: boolean;
}

/** The platform's `Event`, with a detail; without types for it, the detail alone. */
export type PlatformEvent<Detail> = (typeof globalThis extends { Event: { prototype: infer Plain } }
  ? Plain
  : unknown) & { readonly detail: Detail };
