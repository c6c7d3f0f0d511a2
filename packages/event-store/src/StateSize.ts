/** An estimate of what a state takes in memory, and the guard that keeps a shared state from being changed. */

/**
 * About how many bytes a value takes, counted up to `limit`: two per character of a text, eight per number, and a
 * flat amount per object and field. It follows what a value holds; two states that share a part both count it.
 */
export const estimate = (value: unknown, limit: number): number => {
  let bytes = 0
  // A stack of our own: how deep a state is nested is not for the cache to judge.
  const rest: Array<unknown> = [value]
  while (rest.length > 0 && bytes <= limit) {
    const item = rest.pop()
    switch (typeof item) {
      case "string":
        bytes += 16 + 2 * item.length
        break
      case "bigint":
        // Numbers of more than 64 bits are rare enough to be counted as text.
        bytes += item < 2n ** 63n && item > -(2n ** 63n) ? 24 : 16 + item.toString(16).length
        break
      case "object": {
        if (item === null) break
        bytes += 32
        if (Array.isArray(item) || item instanceof Set) for (const part of item) rest.push(part)
        else if (item instanceof Map) for (const entry of item) rest.push(...entry)
        else for (const part of Object.values(item)) rest.push(part)
        break
      }
      default:
        bytes += 8
    }
    bytes += 8
  }
  return bytes
}

/**
 * Freezes what is new in a state: plain objects and arrays, down to what is frozen already. After an event only little
 * of a state is new, so this is cheap, while `Decider.freeze` goes through all of it each time.
 */
export const freezeNew = <A>(value: A): A => {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value
  if (!Array.isArray(value)) {
    const prototype: unknown = Object.getPrototypeOf(value)
    if (prototype !== Object.prototype && prototype !== null) return value
  }
  Object.freeze(value)
  for (const part of Object.values(value)) freezeNew(part)
  return value
}
