/** The build and the tests turn a `.wasm` import into text, which `engineBytes` turns into bytes again. */
declare module "*.wasm" {
  const text: string;
  export default text;
}
