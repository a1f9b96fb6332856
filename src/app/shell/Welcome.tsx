/** The middle of the page before a run: the pictures themselves, what will happen, and one big Start. */

import { Button, Loader } from '@mantine/core';
import { useEffect } from 'react';
import { builtinParams, estimateCost, findPreset, methodFacts, planRun, type Recipe } from '../../recipe';
import type { DatasetSummary } from '../../session/protocol';
import { plural, showBytes, showCount, showDuration, showWeights } from '../format';
import { Panel } from '../panels/panel/Panel';
import { PictureSheet } from '../setup/PictureSheet';
import { Suggestion } from '../setup/ProblemLines';
import { showField } from '../store/actions';
import { methodTitle, useFacts, usePlanned, useProblems } from '../store/facts';
import { useRun } from '../store/run';
import { changedFields, useSetup } from '../store/setup';
import { estimateSeconds, useSpeeds } from '../store/speed';
import { preloadPanels } from './lazyPanels';
import { StartButton } from './RunControls';
import styles from './shell.module.css';

export function Welcome() {
  const dataset = useRun((s) => s.dataset);
  const needsPictures = useSetup(
    (s) => s.recipe.data === 'folder' && s.loaded === null && s.loading === null,
  );
  const method = useSetup((s) => s.recipe.method);
  const shown = needsPictures ? null : dataset;
  useEffect(preloadPanels, []);
  return (
    <Panel
      title={shown === null ? 'Pictures' : `These are the pictures`}
      note={shown === null ? '' : describe(shown, methodFacts[method].readsLabels)}
    >
      {shown !== null && <PictureSheet dataset={shown} />}
      {shown === null && <Waiting needsPictures={needsPictures} />}
      {!needsPictures && <Plan />}
      <Obstacles />
      <div className={styles.go}>
        <StartButton size="lg" />
      </div>
    </Panel>
  );
}

/** '1,600 to train on · 400 held out · 10 classes'. */
function describe({ trainCount, heldOutCount, classNames }: DatasetSummary, readsLabels: boolean): string {
  const named = plural(classNames.length, 'class', 'classes');
  const told = readsLabels ? 'known of the labelled ones only' : 'unknown to the network';
  const classes = classNames.length > 0 ? `${named}, ${told}` : 'no labels';
  return `${showCount(trainCount)} to train on · ${showCount(heldOutCount)} held out · ${classes}`;
}

function Waiting({ needsPictures }: { needsPictures: boolean }) {
  const dead = useRun((s) => s.connection === 'dead');
  if (dead)
    return <p className={styles.soft}>The pictures are gone with the worker. Start it again to load them.</p>;
  if (needsPictures) {
    return (
      <p className={styles.soft}>
        Drop pictures, a folder or a ZIP anywhere on this page, or add them on the left.
      </p>
    );
  }
  return (
    <p className={styles.waiting} role="status">
      <Loader size="xs" aria-hidden /> Getting the pictures ready…
    </p>
  );
}

const networks: Record<Recipe['arch'], string> = {
  vit: 'Vision Transformer',
  cnn: 'small convolutional network',
  resnet: 'ResNet',
  wide_resnet: 'Wide ResNet',
};

/** What the network is told of the classes. */
const told: Record<Recipe['method'], string> = {
  dino: 'Nobody tells it what the pictures show.',
  swav: 'Nobody tells it what the pictures show.',
  paws: 'It is told what the labelled pictures show; these vote on all the others.',
  supervised: 'It is told what the labelled pictures show, and sees no others.',
};

/** What pressing Start does, and what it takes. */
function Plan() {
  const { recipe, preset } = useSetup();
  const facts = useFacts();
  const adapter = useRun((s) => s.engine?.adapter);
  const measured = useSpeeds((s) => s.measured);
  if (facts.trainImages < 1) return null;
  const { totalSteps } = planRun(recipe, facts.trainImages);
  const { backboneParameters } = estimateCost(recipe, facts);
  const seconds = estimateSeconds(recipe, facts, adapter, measured);
  const time = seconds === null ? '' : `, about ${showDuration(seconds)} on this machine`;
  const asMeasured = changedFields(preset, recipe).length === 0;
  const measuredWith = findPreset(preset);
  const asItComes = Object.keys(builtinParams(recipe)).length === 0;
  const elsewhere = measuredWith !== undefined && (measuredWith.data !== recipe.data || !asItComes);
  return (
    <div className={styles.plan}>
      <p>
        Start trains a {networks[recipe.arch]} of {showWeights(backboneParameters)} weights on them with{' '}
        {methodTitle(recipe)}, right here, for {plural(totalSteps, 'step')}
        {time}. {told[recipe.method]} The loss, the crops it compares
        {recipe.arch === 'vit' && ', where it looks'}
        {recipe.method === 'paws' && ', the votes'}
        {facts.classes > 0 && ', whether it knows the classes'} and whether it collapses are drawn while it
        learns.
      </p>
      {asMeasured && (
        <p className={styles.soft}>
          <b>What to expect.</b> {measuredWith?.expectation}
          {elsewhere &&
            ` That was on ${measuredWith.data === 'folder' ? 'photos' : measuredWith.data}${asItComes ? '' : ' as it comes'}.`}
        </p>
      )}
      {!asMeasured && (
        <p className={styles.soft}>You changed the recipe, so nobody knows yet what comes of it.</p>
      )}
      <Memory />
    </div>
  );
}

/** Graphics memory, known before anything is built. */
function Memory() {
  const plan = usePlanned();
  if (plan === null) return null;
  const { exact, gpuBytes, stateBytes, dispatches } = plan;
  if (!exact || stateBytes === null || dispatches === null) {
    return <p className={styles.soft}>It takes about {showBytes(gpuBytes)} of graphics memory.</p>;
  }
  return (
    <p className={styles.soft}>
      It takes <b>{showBytes(gpuBytes)} of graphics memory</b>, planned to the byte: {showBytes(stateBytes)}{' '}
      for pictures, weights and optimiser, {showBytes(gpuBytes - stateBytes)} for a step of{' '}
      {showCount(dispatches)} kernel calls.
    </p>
  );
}

/** What refuses the start, each with a way to its field. */
function Obstacles() {
  const refusals = useProblems().filter(({ kind, field }) => kind === 'refusal' && field !== 'data');
  if (refusals.length === 0) return null;
  return (
    <div className={styles.obstacles} role="alert">
      <b>It cannot start like this.</b>
      <ul className={styles.problems}>
        {refusals.map(({ field, message, ...problem }) => (
          <li key={field}>
            {message} <Suggestion problem={{ field, message, ...problem }} />
            <Button variant="subtle" size="compact-xs" onClick={() => showField(field)}>
              Show the field
            </Button>
          </li>
        ))}
      </ul>
    </div>
  );
}
