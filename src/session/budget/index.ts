/** The label-budget experiment: its plan and results as plain data, and what carries it out. */
export {
  type BudgetCell,
  type BudgetDone,
  type BudgetExperiment,
  type BudgetPlan,
  type BudgetPoint,
  type BudgetRun,
  cellsOf,
  planBudget,
  readBudget,
  remainingRuns,
  runsOf,
  samePlan,
  secondsLeft,
} from './budgetExperiment';
export { type BudgetMethod, budgetMethods } from './budgetRecipes';
export { type BudgetProgress, runBudget } from './budgetRunner';
export { clientBudgetSession } from './clientBudgetSession';
