/** Types of networking.k8s.io/v1 and discovery.k8s.io/v1, in the language of `type-schema.ts`. */
export const NETWORK_TYPES: string = `
Endpoint: addresses! [str by set], conditions EndpointConditions, hostname str, nodeName str, targetRef ObjectReference, topology {str}, deprecatedTopology {str}, zone str, hints any
EndpointConditions: ready bool, serving bool, terminating bool
EndpointSlice: addressType! str, apiVersion str, endpoints [Endpoint], kind str, metadata ObjectMeta, ports [EndpointSlicePort]
EndpointSlicePort: appProtocol str, name str, port int, protocol str
HTTPIngressPath: backend! IngressBackend, path str, pathType str
HTTPIngressRuleValue: paths! [HTTPIngressPath]
IPBlock: cidr! str, except [str]
Ingress: apiVersion str, kind str, metadata ObjectMeta, spec= IngressSpec, status= IngressStatus
IngressBackend: resource TypedLocalObjectReference, service IngressServiceBackend
IngressClass: apiVersion str, kind str, metadata ObjectMeta, spec= IngressClassSpec
IngressClassSpec: controller str, parameters TypedLocalObjectReference
IngressRule: host str, http HTTPIngressRuleValue
IngressServiceBackend: name! str, port ServiceBackendPort
IngressSpec: defaultBackend IngressBackend, ingressClassName str, rules [IngressRule], tls [IngressTLS]
IngressStatus: loadBalancer= LoadBalancerStatus
IngressTLS: hosts [str], secretName str
NetworkPolicy: apiVersion str, kind str, metadata ObjectMeta, spec= NetworkPolicySpec
NetworkPolicyEgressRule: ports [NetworkPolicyPort], to [NetworkPolicyPeer]
NetworkPolicyIngressRule: from [NetworkPolicyPeer], ports [NetworkPolicyPort]
NetworkPolicyPeer: ipBlock IPBlock, namespaceSelector LabelSelector, podSelector LabelSelector
NetworkPolicyPort: port intstr, protocol str, endPort int
NetworkPolicySpec: egress [NetworkPolicyEgressRule], ingress [NetworkPolicyIngressRule], podSelector!= LabelSelector, policyTypes [str]
ServiceBackendPort: name str, number int
`;
