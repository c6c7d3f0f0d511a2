/**
 * Documents: what is known of something now, as JSON. One that was taken away leaves its version behind, so that a version
 * never stands for two contents.
 */
export const documents: ReadonlyArray<string> = [
  `create table eventfold.documents (
    tenant   text collate "C" not null,
    category text collate "C" not null,
    id       text collate "C" not null,
    version  bigint not null check (version > 0),
    content  json,
    primary key (tenant, category, id)
  )`,
  // Pages pass over what was taken away, however much of it there is.
  `create index documents_present on eventfold.documents (tenant, category, id) where content is not null`
]
