/**
 * The metadata that travels inside a model file, each value as its JSON says.
 *
 * An ONNX file is a protobuf message (https://protobuf.dev/programming-guides/encoding/): field 14 holds one
 * pair of name and value, and the runtime for browsers does not tell them.
 */
export function cardOf(model: Uint8Array): ReadonlyMap<string, unknown> {
  const pairs = fieldsOf(model).filter(({ number }) => number === METADATA).map(({ data }) => fieldsOf(data))
  return new Map(pairs.map((pair) => {
    const [name, value] = [1, 2].map((number) => text.decode(pair.find((field) => field.number === number)?.data))
    return [name ?? '', JSON.parse(value ?? '') as unknown]
  }))
}

const METADATA = 14
const text = new TextDecoder()

interface Field {
  readonly number: number
  readonly data: Uint8Array
}

/** The fields of a message; numbers among them have no data here. */
function fieldsOf(message: Uint8Array): Field[] {
  const fields: Field[] = []
  let place = 0
  while (place < message.length) {
    const tag = varint()
    const wire = tag % 8
    if (wire === 0) varint()
    const size = wire === 2 ? varint() : wire === 1 ? 8 : wire === 5 ? 4 : 0
    fields.push({ number: Math.floor(tag / 8), data: message.subarray(place, (place += size)) })
  }
  return fields

  function varint(): number {
    let value = 0
    for (let scale = 1; ; scale *= 128) {
      const byte = message[place++] ?? 0
      value += (byte % 128) * scale
      if (byte < 128) return value
    }
  }
}
