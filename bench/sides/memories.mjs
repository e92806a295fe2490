// The memories of the wasm instances of this process: no part of the heap. To be imported before what instantiates.
export const memories = [];

WebAssembly.Instance = class extends WebAssembly.Instance {
  constructor(...args) {
    super(...args);
    if (this.exports.memory) memories.push(this.exports.memory);
  }
};
