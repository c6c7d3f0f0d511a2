import { project } from "../../vitest.shared.ts"

export default project("testing", {}, [
  "EventStoreContract",
  "RelayContract",
  "SagaLawsLong",
  "SnapshotStoreContract",
  "SubscriberContract"
])
