// A second realm in Node: its own `Error`, and a `Response` made of its own objects.
const SOURCE = `
  class Response {
    constructor(text) {
      const bytes = Uint8Array.from(text, (character) => character.codePointAt(0));
      let read = false;
      this.status = 200;
      this.headers = new Map();
      this.body = {
        getReader: () => ({
          read: async () => (read ? { done: true } : ((read = true), { done: false, value: bytes })),
          cancel: async () => {},
        }),
      };
    }
  }
  ({ Error, Response });
`;

export function foreignRealm(vm) {
  return vm.runInNewContext(SOURCE);
}
