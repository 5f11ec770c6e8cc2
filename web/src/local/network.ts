import { env, InferenceSession, Tensor } from 'onnxruntime-web/wasm'
import { cardOf } from './card'

// The networks are small, and more threads would need memory that browsers share with isolated pages only.
env.wasm.numThreads = 1

/** A model file, loaded; the only user of the runtime. `card` is what its metadata says of it. */
export class Network {
  private constructor(
    private readonly session: InferenceSession,
    readonly card: ReadonlyMap<string, unknown>,
  ) {}

  static async load(file: Uint8Array): Promise<Network> {
    return new Network(await InferenceSession.create(file), cardOf(file))
  }

  /** The named outputs for the network's one input, numbers of the given shape. */
  async run<Names extends readonly string[]>(
    numbers: Float32Array,
    shape: readonly number[],
    ...outputs: Names
  ): Promise<{ [place in keyof Names]: Float32Array }> {
    const input = new Tensor('float32', numbers, shape)
    const answers = await this.session.run({ [this.session.inputNames[0] ?? '']: input }, outputs)
    return outputs.map((name) => answers[name]?.data) as { [place in keyof Names]: Float32Array }
  }
}

/** Where the runtime's own file is to be had, or its bytes; to be said before the first network is loaded. */
export function runtimeFrom(wasm: string | Uint8Array): void {
  if (typeof wasm === 'string') env.wasm.wasmPaths = { wasm }
  else env.wasm.wasmBinary = wasm
}
