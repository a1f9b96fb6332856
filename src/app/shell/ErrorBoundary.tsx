/** Keeps one part of the page that cannot be drawn from taking the rest with it. */

import { Component, type ReactNode } from 'react';
import { messageOf } from '../../platform/errors';
import styles from './shell.module.css';

interface Props {
  /** What is inside, as the beginning of a sentence. */
  what: string;
  children: ReactNode;
}

export class ErrorBoundary extends Component<Props, { message: string | null }> {
  override state = { message: null as string | null };

  static getDerivedStateFromError(thrown: unknown) {
    return { message: messageOf(thrown) };
  }

  override render() {
    if (this.state.message === null) return this.props.children;
    return (
      <div role="alert" className={styles.broken}>
        <p>
          <b>{this.props.what} could not be drawn.</b> {this.state.message}
        </p>
        <button type="button" onClick={() => this.setState({ message: null })}>
          Try again
        </button>
      </div>
    );
  }
}
