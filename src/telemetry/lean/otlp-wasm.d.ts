/** What `spreadscope/telemetry/otlp.wasm` is to a bundler of Workers: `build/otlp.wasm`, compiled. */
declare const otlpModule: WebAssembly.Module;
export default otlpModule;
