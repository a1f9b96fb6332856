/** What a PAWS run shows, in words. Source: Assran et al. 2021; figures measured at this size (docs/recipes.md). */

import styles from './lessons.module.css';
import { Anchor, PawsEquation, Target, VoteEquation } from './Terms';
import { type Facts, logOf, type Texts } from './text';

const source = <p className={styles.soft}>Assran et al. 2021, equations 1 to 3</p>;

const principle = (
  <p>
    A few pictures carry labels. Two views are cut from every unlabelled picture, and the labelled ones vote
    on each: the more alike, the more their vote counts. One view is the <Anchor />, the other, sharpened, its{' '}
    <Target />. Both should be told the same class.
  </p>
);

/** The extra that lets it start at this size, where it is on. */
const crossEntropy = ({ recipe }: Facts) =>
  recipe.support_ce_weight > 0 ? (
    <p>
      This is <b>PAWS + CE</b>, not the paper’s: a plain cross-entropy on the labelled pictures runs beside
      it, alone at first. The votes are ramped in from {share(recipe.paws_ramp_start)} to{' '}
      {share(recipe.paws_ramp_end)} of the run.
    </p>
  ) : (
    <p>
      This is <b>pure PAWS</b>, as in the paper. Within some hundred steps it rarely leaves the even guess:
      with nothing learnt yet, all labelled pictures look equally alike.
    </p>
  );

const share = (value: number) => `${Math.round(100 * value)} %`;

export const pawsTexts: Texts = {
  rest: {
    title: 'What will happen',
    body: (facts) => (
      <>
        {principle}
        <VoteEquation />
        <PawsEquation />
        {crossEntropy(facts)}
        <p>
          The labels of all other pictures stay hidden. They are used to score, and to show you how many
          pseudo-labels are right; training never sees them.
        </p>
        {source}
      </>
    ),
  },
  'warming up': {
    title: 'What you are looking at',
    body: (facts) => (
      <>
        {principle}
        <VoteEquation />
        <p>
          The learning rate still climbs. An even guess costs {logOf(facts.outputs)}: the red line, which pure
          PAWS starts at and does not leave by itself.
        </p>
        {crossEntropy(facts)}
        {source}
      </>
    ),
  },
  training: {
    title: 'What you are looking at',
    body: (facts) => (
      <>
        {principle}
        <VoteEquation />
        <PawsEquation />
        <p>
          <b>The ballot</b> shows one picture’s votes: who is similar, what the vote comes to by class, and
          how sharpening (<i>ρ</i>) turns it into a pseudo-label. Give a labelled picture another class there
          and watch the votes change.
        </p>
        <p>The last term (me-max) rewards using every class over the batch; without it classes vanish.</p>
        {crossEntropy(facts)}
        <p>
          Which pictures are labelled matters more than anything else: with four labels of each class, one
          draw reached 91 %, another 71 %. Try another draw before you believe a score.
        </p>
        {source}
      </>
    ),
  },
  uniform: {
    title: 'Stuck at the even guess',
    body: ({ outputs, recipe }) => (
      <>
        <p>
          Every picture gets the same vote for every class, so every <Target /> is even, and every view has
          learnt to say so. The loss sits at {logOf(outputs)}.
        </p>
        <VoteEquation />
        <p>
          Sharpening an even vote leaves it even. The paper shows that sharpening keeps PAWS from{' '}
          <i>falling</i> into this point; it does not lead out of it. Something has to break the tie:{' '}
          {recipe.support_ce_weight > 0
            ? 'the cross-entropy on the labels is on, so let it act longer before the votes begin, or lower the learning rate.'
            : 'a cross-entropy on the labels (support_ce_weight = 1), or a low rate with a long warm-up and me-max only once the answers differ.'}
        </p>
      </>
    ),
  },
  'not helping': {
    title: 'PAWS does not help here',
    body: () => (
      <>
        <p>
          Too many pseudo-labels are wrong, and the run teaches itself from them. PAWS took off where 55 to 60
          % were right soon after the votes began to count, and not where 17 % were.
        </p>
        <VoteEquation />
        <p>
          Nothing is broken. Where a few labels and the network do not yet put like beside like, similarity is
          no witness: on photos of waste and on noise backgrounds PAWS gained nothing over its labels alone.
        </p>
        <p>
          What may help: another draw of labels, more of them, or a start from trained weights. Compare with
          the supervised baseline on the same labels.
        </p>
      </>
    ),
  },
  'vanishing classes': {
    title: 'Classes are vanishing',
    body: () => (
      <>
        <p>
          The mean pseudo-label is no longer even: some classes get almost no pictures, and what gets none is
          not learnt.
        </p>
        <PawsEquation />
        <p>
          The last term, mean-entropy maximisation (<code>me_max</code>), pulls against it. Look at the ballot
          of a class that vanishes: do its labelled pictures look like it?
        </p>
      </>
    ),
  },
  memorised: {
    title: 'It knows the labels by heart',
    body: () => (
      <p>
        All labelled pictures are told right, and the others are not getting better. More steps of the same
        change little; more or other labels may.
      </p>
    ),
  },
  slow: {
    title: 'Slowly',
    body: () => (
      <>
        <p>
          It goes the right way, but the votes are still close to even, so every <Target /> says little.
        </p>
        <VoteEquation />
        <p>
          Give it time, or a lower temperature <i>τ</i>, which lets the nearest decide.
        </p>
      </>
    ),
  },
  paused: {
    title: 'Paused',
    body: () => (
      <>
        <p>
          Nothing is lost: resume whenever you like, or take single steps. Look through the ballots, and give
          a labelled picture another class: the votes change at once.
        </p>
        <p>
          Temperature, sharpening and me-max are live. The network as it is now can be fine-tuned in the box
          below the accuracy; the run stays as it is.
        </p>
        <PawsEquation />
        {source}
      </>
    ),
  },
};
