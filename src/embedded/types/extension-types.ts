/** Types of apiextensions.k8s.io/v1 and of the access reviews of authorization.k8s.io/v1, in the language of `type-schema.ts`. */
export const EXTENSION_TYPES: string = `
CustomResourceColumnDefinition: description str, format str, jsonPath! str, name! str, priority int, type! str
CustomResourceDefinition: apiVersion str, kind str, metadata ObjectMeta, spec!= CustomResourceDefinitionSpec, status CustomResourceDefinitionStatus
CustomResourceDefinitionCondition: lastTransitionTime time, message str, observedGeneration int, reason str, status! str, type! str
CustomResourceDefinitionNames: categories [str], kind! str, listKind str, plural! str, shortNames [str], singular str
CustomResourceDefinitionSpec: conversion any, group! str, names!= CustomResourceDefinitionNames, preserveUnknownFields bool, scope! str, versions! [CustomResourceDefinitionVersion]
CustomResourceDefinitionStatus: acceptedNames CustomResourceDefinitionNames, conditions [CustomResourceDefinitionCondition by type], observedGeneration int, storedVersions [str]
CustomResourceDefinitionVersion: additionalPrinterColumns [CustomResourceColumnDefinition], deprecated bool, deprecationWarning str, name! str, schema any, selectableFields any, served! bool, storage! bool, subresources any
SelfSubjectAccessReview: apiVersion str, kind str, metadata ObjectMeta, spec any, status any
SelfSubjectRulesReview: apiVersion str, kind str, metadata ObjectMeta, spec any, status any
SubjectAccessReview: apiVersion str, kind str, metadata ObjectMeta, spec any, status any
MutatingWebhook: admissionReviewVersions! [str], clientConfig! AdmissionClientConfig, failurePolicy str, matchPolicy str, name! str, namespaceSelector LabelSelector, objectSelector LabelSelector, reinvocationPolicy str, rules [RuleWithOperations], sideEffects! str, timeoutSeconds int
MutatingWebhookConfiguration: apiVersion str, kind str, metadata ObjectMeta, webhooks [MutatingWebhook by name patch name]
ValidatingWebhook: admissionReviewVersions! [str], clientConfig! AdmissionClientConfig, failurePolicy str, matchPolicy str, name! str, namespaceSelector LabelSelector, objectSelector LabelSelector, rules [RuleWithOperations], sideEffects! str, timeoutSeconds int
ValidatingWebhookConfiguration: apiVersion str, kind str, metadata ObjectMeta, webhooks [ValidatingWebhook by name patch name]
AdmissionClientConfig: caBundle bytes, service AdmissionService, url str
AdmissionService: name! str, namespace! str, path str, port int
RuleWithOperations: apiGroups [str], apiVersions [str], operations [str], resources [str], scope str
`;
