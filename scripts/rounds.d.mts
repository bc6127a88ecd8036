export interface Kernel {
  /** Its file in `assembly/`. */
  readonly file: string;
  /** The function that compresses. */
  readonly name: "compressFour" | "compressFive" | "compressTwo" | "compressThree";
  readonly hash: { readonly bits: 256 | 512; readonly lanes: number };
  /** Is one more message hashed in scalar registers? */
  readonly hasSingle: boolean;
  /** Is the engine built with it? */
  readonly isUsed: boolean;
}

export const KERNELS: readonly Kernel[];
export function kernelText(kernel: Kernel): string;
