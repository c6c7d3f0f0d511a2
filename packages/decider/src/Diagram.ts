/** Sagas and process managers as diagrams: data for a page, and Mermaid state diagrams. */
export {
  type Finding,
  finding,
  found,
  mermaidOfProcessManager,
  mostInVain,
  mostSituations,
  ofProcessManager,
  type ProcessDiagram,
  type ProcessTransition
} from "./DiagramProcess.ts"
export { mermaidOfSaga, ofSaga, type SagaDiagram, type SagaDiagramStep } from "./DiagramSaga.ts"
