//! The policies: text files that an auditor reads (`policies/`), checked against their schema, evaluated by Cedar.
//!
//! What a decision needs is built from [`Actor`] and [`Subject`] alone, without a database. Nothing is allowed that no
//! policy permits. Policies that do not compile or do not fit the schema stop the program at its start ([`check`]), and
//! while they do not hold every answer is no.

use crate::{Action, Actor, Decision, Role, Scope, Subject};
use cedar_policy::{
    Authorizer, Context, Decision as Answer, Entities, Entity, EntityId, EntityTypeName, EntityUid,
    PolicyId, PolicySet, Request, RestrictedExpression, Schema, ValidationMode, Validator,
};
use kernel::AreaCode;
use kernel::area_code::Level;
use std::collections::{HashMap, HashSet};
use std::str::FromStr;
use std::sync::{LazyLock, PoisonError, RwLock};

/// The words policies may use.
pub const SCHEMA: (&str, &str) = (
    "schema.cedarschema",
    include_str!("../policies/schema.cedarschema"),
);

/// The policies, each file with its name.
pub const FILES: &[(&str, &str)] = &[
    ("roles.cedar", include_str!("../policies/roles.cedar")),
    ("limits.cedar", include_str!("../policies/limits.cedar")),
];

/// Why the policies do not hold: which file, and what is wrong there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyFault {
    /// The file.
    pub file: String,
    /// What is wrong with it.
    pub what: String,
}

impl std::fmt::Display for PolicyFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "授权策略 {} 不成立：{}", self.file, self.what)
    }
}

impl std::error::Error for PolicyFault {}

fn fault(file: &str, what: impl std::fmt::Display) -> PolicyFault {
    PolicyFault {
        file: file.to_owned(),
        what: what.to_string(),
    }
}

/// Compiled policies that fit their schema.
pub struct Policies {
    schema: Schema,
    set: PolicySet,
    authorizer: Authorizer,
    types: Types,
    /// Each action as the schema places it in its groups.
    actions: HashMap<&'static str, Entity>,
    /// Whether a role does an action at all: asked for every menu entry and route, so each is asked once.
    does: RwLock<HashMap<(Role, Action), bool>>,
    /// Each request is held against the schema too, which costs more than deciding: for tests.
    held: bool,
}

impl std::fmt::Debug for Policies {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Policies({})", self.set.policies().count())
    }
}

struct Types {
    actor: EntityTypeName,
    role: EntityTypeName,
    area: EntityTypeName,
    person: EntityTypeName,
    register: EntityUid,
}

fn uid(of: &EntityTypeName, id: &str) -> EntityUid {
    EntityUid::from_type_name_and_id(of.clone(), EntityId::new(id))
}

fn uids(of: &[EntityUid]) -> RestrictedExpression {
    RestrictedExpression::new_set(
        of.iter()
            .map(|uid| RestrictedExpression::new_entity_uid(uid.clone())),
    )
}

fn texts(of: &[&str]) -> RestrictedExpression {
    RestrictedExpression::new_set(
        of.iter()
            .map(|text| RestrictedExpression::new_string((*text).to_owned())),
    )
}

impl Policies {
    /// Compiles policies and holds them against their schema; every action of the program must be known to it.
    pub fn compile(schema: (&str, &str), files: &[(&str, &str)]) -> Result<Self, PolicyFault> {
        let (name, text) = schema;
        let (schema, _warnings) =
            Schema::from_cedarschema_str(text).map_err(|error| fault(name, error))?;
        let mut all = PolicySet::new();
        for (file, text) in files {
            let set = PolicySet::from_str(text).map_err(|error| fault(file, error))?;
            for policy in set.policies() {
                let id = policy
                    .annotation("id")
                    .ok_or_else(|| fault(file, format!("a policy has no @id: {policy}")))?;
                let id = PolicyId::new(id);
                all.add(policy.new_id(id))
                    .map_err(|error| fault(file, error))?;
            }
        }
        let told = Validator::new(schema.clone()).validate(&all, ValidationMode::Strict);
        if let Some(error) = told.validation_errors().next() {
            return Err(fault(name, error));
        }
        let type_of =
            |word: &str| EntityTypeName::from_str(word).map_err(|error| fault(name, error));
        let types = Types {
            actor: type_of("Actor")?,
            role: type_of("Role")?,
            area: type_of("Area")?,
            person: type_of("Person")?,
            register: uid(&type_of("Register")?, "register"),
        };
        let known = schema
            .action_entities()
            .map_err(|error| fault(name, error))?;
        let action_type = type_of("Action")?;
        let mut actions = HashMap::new();
        for action in Action::ALL {
            let key = action.key();
            let entity = known
                .get(&uid(&action_type, key))
                .ok_or_else(|| fault(name, format!("action {key} is missing")))?;
            actions.insert(key, entity.clone());
        }
        Ok(Self {
            schema,
            set: all,
            authorizer: Authorizer::new(),
            types,
            actions,
            does: RwLock::default(),
            held: false,
        })
    }

    /// Whether `role` does `action` at all, somewhere.
    pub fn does(&self, role: Role, action: Action) -> bool {
        let known = self.does.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(does) = known.get(&(role, action)) {
            return *does;
        }
        drop(known);
        let nobody = Actor {
            id: String::new(),
            name: String::new(),
            role,
            scope: Scope::Nowhere,
            scope_name: String::new(),
        };
        let does = self.allows(&nobody, action, None).unwrap_or(false);
        self.does
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert((role, action), does);
        does
    }

    /// Whether `actor` may do `action` to `subject`; where not, whether it is the role or the record.
    pub fn decide(&self, actor: &Actor, action: Action, subject: &Subject) -> Decision {
        // What cannot be asked is not allowed.
        if self.allows(actor, action, Some(subject)).unwrap_or(false) {
            Decision::Allow
        } else if self.does(actor.role, action) {
            Decision::OutOfScope
        } else {
            Decision::NotYourWork
        }
    }

    fn allows(
        &self,
        actor: &Actor,
        action: Action,
        subject: Option<&Subject>,
    ) -> Result<bool, PolicyFault> {
        let asked = |error: &dyn std::fmt::Display| fault("request", error);
        let (who, person) = (
            self.actor(actor).map_err(|error| asked(&error))?,
            subject.map(|subject| self.person(subject)),
        );
        let deed = self
            .actions
            .get(action.key())
            .ok_or_else(|| asked(&action.key()))?;
        let context = match action {
            Action::CorrectFact { offices } => {
                Context::from_pairs([("owners".to_owned(), texts(offices))])
                    .map_err(|error| asked(&error))?
            }
            _ => Context::empty(),
        };
        let resource = person
            .as_ref()
            .map_or_else(|| self.types.register.clone(), Entity::uid);
        let schema = self.held.then_some(&self.schema);
        let request = Request::new(who.uid(), deed.uid(), resource, context, schema)
            .map_err(|error| asked(&error))?;
        let entities = [Some(who), person, Some(deed.clone())];
        let entities = Entities::from_entities(entities.into_iter().flatten(), schema)
            .map_err(|error| asked(&error))?;
        let response = self
            .authorizer
            .is_authorized(&request, &self.set, &entities);
        // A policy that could not be evaluated may be the one that forbids.
        Ok(
            response.decision() == Answer::Allow
                && response.diagnostics().errors().next().is_none(),
        )
    }

    fn actor(&self, actor: &Actor) -> Result<Entity, Box<cedar_policy::EntityAttrEvaluationError>> {
        let (mut areas, mut people, mut everywhere) = (Vec::new(), Vec::new(), false);
        match &actor.scope {
            Scope::Nowhere => {}
            Scope::Everywhere => everywhere = true,
            Scope::Areas(codes) => {
                areas.extend(
                    codes
                        .iter()
                        .map(|code| uid(&self.types.area, code.as_str())),
                );
            }
            Scope::People(ids) => {
                people.extend(ids.iter().map(|id| uid(&self.types.person, id)));
            }
        }
        let attributes = HashMap::from([
            ("areas".to_owned(), uids(&areas)),
            ("people".to_owned(), uids(&people)),
            (
                "everywhere".to_owned(),
                RestrictedExpression::new_bool(everywhere),
            ),
            ("offices".to_owned(), texts(actor.role.offices())),
        ]);
        let role = uid(&self.types.role, actor.role.key());
        Entity::new(
            uid(&self.types.actor, &actor.id),
            attributes,
            HashSet::from([role]),
        )
        .map_err(Box::new)
    }

    /// A person stands in both areas and in all that these lie in.
    fn person(&self, subject: &Subject) -> Entity {
        const LEVELS: [Level; 5] = [
            Level::Province,
            Level::City,
            Level::County,
            Level::Town,
            Level::Village,
        ];
        let areas = [subject.hukou, subject.residence].into_iter().flatten();
        let within = |code: AreaCode| LEVELS.map(|level| code.up_to(level));
        let parents: HashSet<EntityUid> = areas
            .flat_map(within)
            .map(|code| uid(&self.types.area, code.as_str()))
            .collect();
        Entity::new_no_attrs(uid(&self.types.person, &subject.person), parents)
    }
}

static IN_FORCE: LazyLock<Result<Policies, PolicyFault>> =
    LazyLock::new(|| Policies::compile(SCHEMA, FILES));

/// The policies of this program.
pub fn in_force() -> Result<&'static Policies, PolicyFault> {
    IN_FORCE.as_ref().map_err(Clone::clone)
}

/// Compiles the policies, so that a program with policies that do not hold does not start.
pub fn check() -> Result<(), PolicyFault> {
    in_force().map(|_policies| ())
}

#[cfg(test)]
#[path = "policies_tests.rs"]
mod tests;
