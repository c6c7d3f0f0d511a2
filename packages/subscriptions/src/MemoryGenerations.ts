/** The generations of projections in memory, and what readers find under which name: pure functions over one value. */
import { compareText } from "@eventfold/decider/RowValue"
import { type DateTime, HashMap, Option, type TxRef } from "effect"
import type { TableRows } from "./MemoryRows.ts"
import type { Generation, NewGeneration } from "./ReadModelStore.ts"

/** Every generation there is, and where its rows are. */
export interface Catalog {
  /** By projection, the oldest first. */
  readonly generations: ReadonlyArray<Generation>
  /** The number given last to a generation of each projection: none is given twice. */
  readonly last: HashMap.HashMap<string, number>
  /** What is read under a name. */
  readonly served: HashMap.HashMap<string, Place>
  readonly tables: HashMap.HashMap<string, TxRef.TxRef<TableRows>>
}

/** Names a generation. */
export type Place = Pick<Generation, "projection" | "generation">

/** No generation. */
export const empty: Catalog = {
  generations: [],
  last: HashMap.empty(),
  served: HashMap.empty(),
  tables: HashMap.empty()
}

/** The name of a table. */
export const tableName = (readModel: string, generation: number): string => JSON.stringify([readModel, generation])

/** The name readers ask for. */
export const readName = (readModel: string, rowsFingerprint: string): string =>
  JSON.stringify([readModel, rowsFingerprint])

/** The generation of this place. */
export const find = ({ generations }: Catalog, place: Place): Generation | undefined =>
  generations.find((one) => isAt(one, place))

/** The catalogue with a new generation at its end, and that generation. */
export const begun = (
  catalog: Catalog,
  begin: NewGeneration,
  tables: ReadonlyArray<readonly [name: string, rows: TxRef.TxRef<TableRows>]>,
  now: DateTime.Utc
): readonly [Generation, Catalog] => {
  const { fingerprint, from, projection, rowsFingerprint, slices } = begin
  const number = 1 + Option.getOrElse(HashMap.get(catalog.last, projection), () => 0)
  const times = { begunAt: now, servedAt: undefined, retiredAt: undefined }
  const said = { projection, fingerprint, rowsFingerprint, slices, from }
  const generation: Generation = { ...said, generation: number, state: "building", ...times }
  const generations = [...catalog.generations, generation].toSorted(inOrder)
  const last = HashMap.set(catalog.last, projection, number)
  const added = tables.map(([name, rows]) => [tableName(name, number), rows] as const)
  return [generation, { ...catalog, generations, last, tables: HashMap.setMany(catalog.tables, added) }]
}

/** The catalogue once a generation is read under this name, and the one of the same shape is not any more. */
export const switched = (catalog: Catalog, to: Generation, readModel: string, now: DateTime.Utc): Catalog => ({
  ...catalog,
  generations: catalog.generations.map((one) => {
    if (isAt(one, to)) return { ...one, state: "serving", servedAt: now, retiredAt: undefined }
    const replaced = one.projection === to.projection && one.rowsFingerprint === to.rowsFingerprint
    return replaced && one.state === "serving" ? retired(one, now) : one
  }),
  served: HashMap.set(catalog.served, readName(readModel, to.rowsFingerprint), to)
})

/** The catalogue once a generation is to be dropped. */
export const withRetired = (catalog: Catalog, place: Place, now: DateTime.Utc): Catalog => ({
  ...catalog,
  generations: catalog.generations.map((one) => (isAt(one, place) && one.state !== "retired" ? retired(one, now) : one))
})

/** The catalogue without a generation and its tables. */
export const dropped = (catalog: Catalog, place: Place, tables: ReadonlyArray<string>): Catalog => ({
  ...catalog,
  generations: catalog.generations.filter((one) => !isAt(one, place)),
  served: HashMap.filter(catalog.served, (other) => !isAt(other, place)),
  tables: HashMap.removeMany(
    catalog.tables,
    tables.map((name) => tableName(name, place.generation))
  )
})

const retired = (generation: Generation, now: DateTime.Utc): Generation => ({
  ...generation,
  state: "retired",
  retiredAt: now
})

const isAt = (one: Place, { generation, projection }: Place): boolean =>
  one.projection === projection && one.generation === generation

const inOrder = (a: Generation, b: Generation): number =>
  compareText(a.projection, b.projection) || a.generation - b.generation
