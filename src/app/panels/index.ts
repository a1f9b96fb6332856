/** What is drawn while it trains. Each panel takes what it shows from the stores and stands alone on the page. */

export { AttentionPanel } from './attention/AttentionPanel';
export { BallotPanel } from './ballot/BallotPanel';
export { ClassificationPanel } from './classification/ClassificationPanel';
export { CollapsePanel } from './collapse/CollapsePanel';
export { HealthBanner } from './health/HealthBanner';
export { KnowsClassesPanel } from './knn/KnowsClassesPanel';
export { LossPanel } from './loss/LossPanel';
export { useMethod } from './run';
export { SchedulesPanel } from './schedules/SchedulesPanel';
export { ViewsPanel } from './views/ViewsPanel';
