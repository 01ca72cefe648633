/**
 * The VPC around the tasks: interfaces, security-group rules, network ACLs and subnets.
 */
@NullMarked
package io.github.eastwest.model.network;

import org.jspecify.annotations.NullMarked;
