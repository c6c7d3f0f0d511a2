/**
 * Holds the events of a context to what has been written of them.
 *
 * Answers what is wrong, each with what to do about it, and what `npm run golden` would write. Samples are never changed
 * and a file that has vanished is never made anew: what was written once was written.
 */
import { Effect, Equal, Result, type Schema } from "effect"
import { fileName, type GoldenFile, type GoldenFolder, type Names, namesFile, type Sample } from "./GoldenFile.ts"
import * as SchemaChanges from "./SchemaChanges.ts"
import type { StoredContext } from "./StoredContexts.ts"
import type { StoredEvent, StoredVersion } from "./StoredEvents.ts"

/** What a check has found. */
export interface Findings {
  /** What must not be: each names the file, what is wrong with it, and what to do. */
  readonly problems: ReadonlyArray<string>
  /** The golden files that are new or have to be renewed, by name. */
  readonly writes: ReadonlyMap<string, GoldenFile>
  /** The list of names as it has to be. */
  readonly names: Names
}

/** Checks one context against its folder. */
export const check = Effect.fnUntraced(function* (context: StoredContext, { files, names }: GoldenFolder) {
  const problems: Array<string> = []
  const writes = new Map<string, GoldenFile>()
  const known = new Set<string>()
  const place = (file: string) => `test/golden/${context.name}/${file}`
  for (const event of context.events) {
    for (const version of event.versions) {
      const file = fileName(event.name, version.version)
      known.add(file)
      const golden = files.get(file)
      if (golden === undefined && (names[event.name] ?? 0) >= version.version) {
        problems.push(
          `${place(file)} has vanished. It holds what version ${version.version} has written, and nothing can make that ` +
            "anew: bring the file back from the history of the repository"
        )
        continue
      }
      const wanted = yield* golden === undefined ? fresh(event, version) : renewed(event, version, golden)
      problems.push(...wanted.problems.map((problem) => `${place(file)}: ${problem}`))
      if (wanted.problems.length === 0 && !same(golden, wanted.file)) writes.set(file, wanted.file)
    }
  }
  for (const [file, { schemaVersion, type }] of files) {
    if (!known.has(file)) problems.push(`${place(file)}: ${forgotten(type, schemaVersion)}`)
  }
  const current = new Map(context.events.map((event) => [event.name, event.version]))
  for (const [type, version] of Object.entries(names)) {
    const lost = (current.get(type) ?? 0) < version && !files.has(fileName(type, version))
    if (lost) problems.push(`${place(namesFile)}: ${forgotten(type, version)}`)
  }
  const findings: Findings = { problems, writes, names: { ...names, ...Object.fromEntries(current) } }
  return findings
})

const forgotten = (type: string, version: number) =>
  `${type} v${version} has been written, and the program no longer knows it. Names and versions of events are a storage ` +
  "format: bring the declaration back. An event that is not written any more keeps its schema, and is folded as ever"

interface Wanted {
  readonly file: GoldenFile
  readonly problems: ReadonlyArray<string>
}

/** The file of a version that has none yet. */
const fresh = (event: StoredEvent, version: StoredVersion) =>
  Effect.flatMap(version.samples, (samples) => {
    const [first, ...more] = samples.map(({ data, occurredAt }): Sample => ({ data, occurredAt }))
    return first === undefined
      ? Effect.die(`no samples of ${event.name} could be made up`)
      : filled(event, {
          type: event.name,
          schemaVersion: version.version,
          samples: [first, ...more],
          schema: version.schema
        })
  })

/** The file with the shape as it is now, if that is harmless, and with what its samples are read as. */
const renewed = Effect.fnUntraced(function* (event: StoredEvent, version: StoredVersion, golden: GoldenFile) {
  const breaking = SchemaChanges.breaking(golden.schema, version.schema)
  if (breaking.length > 0) return { file: golden, problems: [broken(event, version.version, breaking)] }
  return yield* filled(event, { ...golden, schema: version.schema })
})

const broken = (event: StoredEvent, version: number, breaking: ReadonlyArray<string>) => {
  const next = event.version + 1
  const instead =
    version === event.version
      ? `Leave version ${version} as it was, and declare version ${next} with ` +
        `DomainEvent.nextVersion(${event.name}V${version}, fields, upcast); then run "npm run golden". `
      : `Version ${version} is history, and version ${event.version} is the one to change: undo this. `
  return (
    `the stored shape of ${event.name} v${version} has changed without a new version:\n` +
    `${breaking.map((change) => `    ${change}\n`).join("")}  ${instead}` +
    "Only what may be absent needs no version: a field with Schema.optionalKey or Schema.withDecodingDefaultKey, " +
    "another value in Schema.Literals"
  )
}

/** Fills in what the samples are read as, where that may change; elsewhere a change is a problem. */
const filled = Effect.fnUntraced(function* (event: StoredEvent, golden: GoldenFile) {
  const problems: Array<string> = []
  const fill = Effect.fnUntraced(function* (sample: Sample, index: number) {
    const { data, expected, occurredAt } = sample
    const read = yield* event.readAgain({ schemaVersion: golden.schemaVersion, occurredAt, data })
    if (Result.isFailure(read)) {
      problems.push(`sample ${index + 1} cannot be read any more: ${read.failure}`)
      return sample
    }
    const now = { schemaVersion: read.success.schemaVersion, data: read.success.data }
    const mayChange =
      expected === undefined || expected.schemaVersion < now.schemaVersion || contains(now.data, expected.data)
    if (mayChange) return { ...sample, expected: now }
    problems.push(
      `sample ${index + 1} is read as\n    ${JSON.stringify(now.data)}\n  and was read as\n` +
        `    ${JSON.stringify(expected.data)}\n  A schema or an upcaster answers otherwise than before, which changes ` +
        'history: undo it. If the answer was wrong and nobody has relied on it, delete this sample\'s "expected" and ' +
        'run "npm run golden"'
    )
    return sample
  })
  const [first, ...rest] = golden.samples
  const more: Array<Sample> = []
  const filledFirst = yield* fill(first, 0)
  for (const [index, sample] of rest.entries()) more.push(yield* fill(sample, index + 1))
  const wanted: Wanted = { file: { ...golden, samples: [filledFirst, ...more] }, problems }
  return wanted
})

/** True when `json` is `part` with nothing but fields added. */
const contains = (json: Schema.Json, part: Schema.Json | undefined): boolean => {
  if (isList(json) && isList(part)) {
    return json.length === part.length && json.every((item, index) => contains(item, part[index]))
  }
  if (isNode(json) && isNode(part)) {
    return Object.keys(part).every((key) => {
      const value = json[key]
      return value !== undefined && contains(value, part[key])
    })
  }
  return Equal.equals(json, part)
}

const isList = (json: Schema.Json | undefined): json is Schema.JsonArray => Array.isArray(json)
const isNode = (json: Schema.Json | undefined): json is Schema.JsonObject =>
  typeof json === "object" && json !== null && !Array.isArray(json)

/** True when nothing has to be written. */
const same = (golden: GoldenFile | undefined, wanted: GoldenFile) =>
  golden !== undefined &&
  Equal.equals(golden.schema, wanted.schema) &&
  wanted.samples.every(({ expected }, index) => {
    const before = golden.samples[index]?.expected
    return (
      before !== undefined &&
      expected !== undefined &&
      before.schemaVersion === expected.schemaVersion &&
      Equal.equals(before.data, expected.data)
    )
  })
