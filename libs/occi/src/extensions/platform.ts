/** GFD.227, Platform. */
import { immutable, initial, oneOf, required, text } from '../model/attribute.js';
import { type Extension, action, categoryId, kind, mixin } from '../model/category.js';
import { linkId, resourceId } from './core.js';

const ogf = 'http://schemas.ogf.org/occi/';
const scheme = `${ogf}platform#`;
const state = immutable(oneOf('active', 'inactive', 'error'), 'State');
const stateMessage = immutable(text, 'Why it is in this state');

const actionsOf = (term: string) =>
  ['start', 'stop'].map((verb) =>
    action({ term: verb, scheme: `${ogf}platform/${term}/action#`, title: verb === 'start' ? 'Start' : 'Stop' }),
  );
const applicationActions = actionsOf('application');
const componentActions = actionsOf('component');

const application = kind({
  term: 'application',
  scheme,
  title: 'Application',
  parent: resourceId,
  actions: applicationActions.map(categoryId),
  attributes: {
    'occi.app.name': required(text, 'Name'),
    'occi.app.context': immutable(text, 'URL of its context'),
    'occi.app.url': immutable(text, 'Where it answers'),
    'occi.app.state': state,
    'occi.app.state.message': stateMessage,
  },
});
const component = kind({
  term: 'component',
  scheme,
  title: 'Component',
  parent: resourceId,
  actions: componentActions.map(categoryId),
  attributes: { 'occi.component.state': state, 'occi.component.state.message': stateMessage },
});
const componentlink = kind({ term: 'componentlink', scheme, title: 'Component link', parent: linkId });

export const platform: Extension = {
  kinds: [application, component, componentlink],
  mixins: [
    mixin({ term: 'app_tpl', scheme, title: 'Application template', applies: [categoryId(application)] }),
    mixin({ term: 'res_tpl', scheme, title: 'Platform resource template', applies: [application, component].map(categoryId) }),
    mixin({
      term: 'database',
      scheme,
      title: 'Database',
      applies: [categoryId(component)],
      attributes: { 'occi.database.version': initial(text, 'Version') },
    }),
    mixin({
      term: 'databaselink',
      scheme,
      title: 'Database link',
      applies: [categoryId(componentlink)],
      attributes: {
        'occi.database.uri': immutable(text, 'Where the database answers'),
        'occi.database.username': immutable(text, 'User name'),
        'occi.database.token': immutable(text, 'Token'),
      },
    }),
  ],
  actions: [...applicationActions, ...componentActions],
};
