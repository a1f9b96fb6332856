/** What the supervised baseline shows, in words. */

import { SupervisedEquation } from './Terms';
import { logOf, type Texts } from './text';

const principle = (
  <p>
    The labelled pictures, and nothing else: the network learns to say the label that was given. The same
    network, views, steps and labels as PAWS has, so that the difference is what the unlabelled pictures buy.
  </p>
);

export const supervisedTexts: Texts = {
  rest: {
    title: 'What will happen',
    body: () => (
      <>
        {principle}
        <SupervisedEquation />
        <p>
          A method that learns from the others, too, has to beat this on the same labels, or it buys nothing.
        </p>
      </>
    ),
  },
  training: {
    title: 'What you are looking at',
    body: ({ outputs }) => (
      <>
        {principle}
        <SupervisedEquation />
        <p>
          Guessing costs {logOf(outputs)}. With a few labels the loss soon nears 0: the pictures are known by
          heart. What counts is the accuracy on pictures it has never been told about.
        </p>
      </>
    ),
  },
  uniform: {
    title: 'Not even the labels',
    body: ({ outputs }) => (
      <p>
        The loss stands at {logOf(outputs)}, the price of guessing. A gentler learning rate with some warm-up
        gets it going.
      </p>
    ),
  },
  memorised: {
    title: 'Known by heart',
    body: () => (
      <>
        <p>
          Every labelled picture is told right, and held-out accuracy has stopped rising: more steps change
          nothing. This is where a baseline ends.
        </p>
        <p>Take a PAWS preset with the same labels and see whether the unlabelled pictures add to it.</p>
      </>
    ),
  },
  paused: {
    title: 'Paused',
    body: () => (
      <>
        <p>Nothing is lost: resume whenever you like, or take single steps.</p>
        <SupervisedEquation />
      </>
    ),
  },
};
