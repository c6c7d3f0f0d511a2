/**
 * How slices are shared among the nodes that are there: a pure plan, which every node makes for itself from what the store
 * says, so that nobody has to lead.
 *
 * A slice that nobody works for goes to the node with the fewest of those that would work for it. A node that has two more than another which
 * would work for one of them gives that one up. So two nodes with the same consumers differ by one slice at the most, nothing
 * moves while nobody comes or goes, and a node that joins gets its share at once.
 *
 * Gotcha: slices count the same, however much there is to do for each.
 */
import type { NodePresence } from "./Consumers.ts"

/** A slice that somebody is to work for. */
export interface SharedSlice {
  readonly consumer: string
  readonly slice: number
  /** The node whose lease runs; undefined when nobody's does. */
  readonly holder: string | undefined
}

/** What a node is to do. */
export interface Share {
  /** Slices that are free, and its own to take. */
  readonly take: ReadonlyArray<SharedSlice>
  /** Slices it has, and is to leave to others. */
  readonly give: ReadonlyArray<SharedSlice>
}

/** A node while the plan is made. */
interface Planned {
  readonly node: string
  readonly hosts: ReadonlySet<string>
  readonly has: Set<SharedSlice>
}

/** What `self` is to do. Holders that are not there count for nobody: their leases run out. */
export const of = (self: string, nodes: ReadonlyArray<NodePresence>, slices: ReadonlyArray<SharedSlice>): Share => {
  const planned = nodes.map(({ hosts, node }): Planned => ({ node, hosts: new Set(hosts), has: new Set() }))
  const byName = new Map(planned.map((one) => [one.node, one]))
  for (const slice of slices) if (slice.holder !== undefined) byName.get(slice.holder)?.has.add(slice)
  for (const slice of slices) {
    if (slice.holder === undefined) fewest(planned, slice.consumer)?.has.add(slice)
  }
  while (moved(planned)) continue
  const mine = byName.get(self)?.has ?? new Set<SharedSlice>()
  return {
    take: slices.filter((slice) => slice.holder === undefined && mine.has(slice)),
    give: slices.filter((slice) => slice.holder === self && !mine.has(slice))
  }
}

/** The node with the fewest slices of those that would work for a consumer. */
const fewest = (planned: ReadonlyArray<Planned>, consumer: string): Planned | undefined =>
  planned.reduce<Planned | undefined>(
    (best, one) => (one.hosts.has(consumer) && (best === undefined || one.has.size < best.has.size) ? one : best),
    undefined
  )

/** Moves one slice from a node that has the most to one that has two less; answers whether there was one to move. */
const moved = (planned: ReadonlyArray<Planned>): boolean => {
  for (const from of planned.toSorted((a, b) => b.has.size - a.has.size)) {
    for (const slice of byCrowd(from.has)) {
      const to = fewest(planned, slice.consumer)
      if (to === undefined || to.has.size + 1 >= from.has.size) continue
      from.has.delete(slice)
      to.has.add(slice)
      return true
    }
  }
  return false
}

/** Slices of consumers of which there are many first: so the slices of one consumer spread over nodes. */
const byCrowd = (slices: ReadonlySet<SharedSlice>): ReadonlyArray<SharedSlice> => {
  const crowds = Map.groupBy(slices, ({ consumer }) => consumer)
  const crowdOf = ({ consumer }: SharedSlice) => crowds.get(consumer)?.length ?? 0
  return Array.from(slices).toSorted((a, b) => crowdOf(b) - crowdOf(a))
}
