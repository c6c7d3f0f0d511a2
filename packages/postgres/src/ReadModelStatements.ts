/**
 * The statements over the rows of one table or view. Their texts depend on nothing but the layout and the name, so that
 * their plans stay prepared.
 *
 * Gotcha: rows are looked up inside `lateral … limit 1`. A plain join could be planned while the table is empty, as one
 * that reads all of it, and stay so while the table grows.
 */
import type { Column, Layout } from "./ReadModelColumns.ts"
import { names, qualified } from "./ReadModelTables.ts"

/** The statements. Their parameters are arrays: the tenants, then the values of columns. */
export interface Statements {
  /** By keys: the number of the key in the arrays, from 1, the tenant, and the columns. */
  readonly load: string
  /** Inserts rows, or puts them in the place of those with their keys. */
  readonly upsert: string
  /** Deletes by keys. */
  readonly remove: string
  /** Adds to these columns; each row counts what is in the arrays, less the number behind them for its column. */
  readonly increment: (counters: ReadonlyArray<Column>) => string
  /**
   * The same beside `appended`, what the function `append` answers, with parameters from `first` on. Rows are inserted where
   * the request whose number stands in one more array was stored: they must not be there, which is quicker to do.
   */
  readonly foreseenInsert: (first: number) => string
  readonly foreseenIncrement: (counters: ReadonlyArray<Column>, first: number) => string
  /** The first page by tenant and key, and those behind a tenant and key, in arrays of one. `$1` rows. */
  readonly page: string
  readonly nextPage: string
  /** `select … from …` of the columns, under the name `r`. */
  readonly select: string
  /** `select count(*) from …`, likewise. */
  readonly count: string
}

/** The statements over a table or a view. */
export const statementsOf = (layout: Layout, relation: string): Statements => {
  const known = made.get(layout)?.get(relation)
  if (known !== undefined) return known
  const statements = make(layout, relation)
  const ofLayout = made.get(layout) ?? new Map<string, Statements>()
  // Generations come and go; a few are alive at a time.
  if (ofLayout.size >= 16) ofLayout.clear()
  made.set(layout, ofLayout.set(relation, statements))
  return statements
}

const made = new WeakMap<Layout, Map<string, Statements>>()

const make = (layout: Layout, relation: string): Statements => {
  const { columns, key } = layout
  const table = qualified(relation)
  const all = names(columns)
  const keys = ["tenant", ...names(key)]
  const selected = columns.map(({ conversion }, index) => `r.${all[index]}${conversion.cast}`).join(", ")
  const byKey = keys.map(
    (name, index) => `r.${name} = q.k${index}${index === 0 ? "" : (key[index - 1]?.conversion.parameter.cast ?? "")}`
  )
  const keyArrays = `unnest(${arrays([undefined, ...key])}) with ordinality as q(${keys.map((_, index) => `k${index}`).join(", ")}, n)`
  const values = columns.map(({ conversion }, index) => `q.c${index}${conversion.parameter.cast}`).join(", ")
  const into = `insert into ${table} as r (tenant, ${all.join(", ")}) select q.tenant, ${values} from`
  const rows = `q(tenant, ${columns.map((_, index) => `c${index}`).join(", ")}`
  const insert = `${into} unnest(${arrays([undefined, ...columns])}) as ${rows}) on conflict (${keys.join(", ")}) do`
  const others = all.slice(key.length)
  const replace =
    others.length === 0 ? "nothing" : `update set ${others.map((name) => `${name} = excluded.${name}`).join(", ")}`
  const add = (counters: ReadonlyArray<Column>, first: number) =>
    `update set ${names(counters)
      .map((name, index) => `${name} = r.${name} + (excluded.${name} - $${first + index}::float8::int8)`)
      .join(", ")}`
  const page = (from: string, limit: string) =>
    `select r.tenant, ${selected} from ${table} r ${from} order by ${keys.map((name) => `r.${name}`).join(", ")} limit ${limit}`
  return {
    load: `select q.n::float8, q.k0, ${columns.map((_, index) => `f.c${index}`).join(", ")} from ${keyArrays}
      cross join lateral (
        select ${columns.map(({ conversion }, index) => `r.${all[index]}${conversion.cast} as c${index}`).join(", ")} from ${table} r
        where ${byKey.join(" and ")} limit 1
      ) f`,
    upsert: `${insert} ${replace}`,
    remove: `delete from ${table} d where d.ctid = any(array(
      select f.ctid from ${keyArrays} cross join lateral (
        select r.ctid from ${table} r where ${byKey.join(" and ")} limit 1
      ) f))`,
    increment: (counters) => `${insert} ${add(counters, columns.length + 2)}`,
    foreseenInsert: (first) =>
      `${into} appended a cross join unnest(${arrays([undefined, ...columns], first)}, $${first + columns.length + 1}::int4[]) as ${rows}, request)
      where coalesce(a.outcomes[q.request], 'Stored') = 'Stored'`,
    foreseenIncrement: (counters, first) =>
      `${into} appended a cross join unnest(${arrays([undefined, ...columns], first)}) as ${rows})
      on conflict (${keys.join(", ")}) do ${add(counters, first + columns.length + 1)}`,
    page: page("", "$1::int8"),
    nextPage: page(
      `where (${keys.map((name) => `r.${name}`).join(", ")}) > (${keys
        .map(
          (_, index) =>
            `($${index + 2}::${key[index - 1]?.conversion.parameter.type ?? "text"}[])[1]${key[index - 1]?.conversion.parameter.cast ?? ""}`
        )
        .join(", ")})`,
      "$1::int8"
    ),
    select: `select ${selected} from ${table} r`,
    count: `select count(*)::float8 from ${table} r`
  }
}

/** Arrays from a parameter on; the tenant, which has no column, is text. */
const arrays = (columns: ReadonlyArray<Column | undefined>, first = 1): string =>
  columns.map((column, index) => `$${first + index}::${column?.conversion.parameter.type ?? "text"}[]`).join(", ")
