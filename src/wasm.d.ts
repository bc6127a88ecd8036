/** The build turns a `.wasm` import into its bytes as base64. */
declare module "*.wasm" {
  const base64: string;
  export default base64;
}
