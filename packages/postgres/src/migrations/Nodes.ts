/**
 * The processes that share the work of consumers: who is there, until when unless it says so again, and for whom it would work.
 *
 * Gotcha: it is a table to share work by. What a process may store, only the leases of `eventfold.consumers` say.
 */
export const nodes: ReadonlyArray<string> = [
  // It is written twice a second by each node: half of a page stays free, so that this never touches the index.
  `create table eventfold.nodes (
    node        text collate "C" primary key,
    hosts       text[] not null,
    there_until timestamptz not null
  ) with (fillfactor = 50)`
]
