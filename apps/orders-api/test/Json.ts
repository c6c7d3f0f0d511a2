/** JSON as a client gets it: of no known type, to be looked into step by step. */
import { assert } from "@effect/vitest"
import { Predicate, Schema } from "effect"

type Path = ReadonlyArray<string | number>

const parse = Schema.decodeUnknownSync(Schema.fromJsonString(Schema.Unknown))

/** A JSON value. A path that leads nowhere leads to undefined. */
export class Json {
  readonly value: unknown

  constructor(value: unknown) {
    this.value = value
  }

  /** The value of a text. Throws when the text is not JSON. */
  static parse(text: string): Json {
    return new Json(parse(text))
  }

  /** What is at a path. */
  at(...path: Path): unknown {
    return path.reduce<unknown>(
      (value, key) => (Predicate.isObject(value) || Array.isArray(value) ? Reflect.get(value, key) : undefined),
      this.value
    )
  }

  /** The text at a path; fails the test when there is none. */
  text(...path: Path): string {
    const value = this.at(...path)
    return typeof value === "string"
      ? value
      : assert.fail(`no text at ${path.join(".")} of ${JSON.stringify(this.value)}`)
  }

  /** The number at a path; fails the test when there is none. */
  number(...path: Path): number {
    const value = this.at(...path)
    return typeof value === "number"
      ? value
      : assert.fail(`no number at ${path.join(".")} of ${JSON.stringify(this.value)}`)
  }

  /** The items of the array, or the values of the object, at a path; fails the test when there is neither. */
  all(...path: Path): ReadonlyArray<Json> {
    return this.entries(...path).map(([, value]) => value)
  }

  /** The same with their keys. */
  entries(...path: Path): ReadonlyArray<readonly [key: string, value: Json]> {
    const value = this.at(...path)
    if (!Predicate.isObject(value) && !Array.isArray(value)) {
      return assert.fail(`neither array nor object at ${path.join(".")} of ${JSON.stringify(this.value)}`)
    }
    return Object.entries(value).map(([key, item]) => [key, new Json(item)])
  }
}
