//! A scheduler and its executors, on the loopback interface: whoever reaches these ports reads what they can read, so a
//! real cluster stands in a network of its own.

use crate::Failed;
use ballista_executor::executor_process::{ExecutorProcessConfig, start_executor_process};
use ballista_scheduler::cluster::BallistaCluster;
use ballista_scheduler::config::SchedulerConfig;
use ballista_scheduler::scheduler_process::start_server;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

/// Seconds between two signs of life.
const HEARTBEAT: u64 = 5;
/// Seconds of silence after which an executor is given up and its tasks run elsewhere.
const GIVEN_UP: u64 = 15;

/// Hands tasks out until it is stopped.
pub async fn scheduler(port: u16) -> Result<(), Failed> {
    let config = SchedulerConfig {
        bind_port: port,
        external_host: "127.0.0.1".to_owned(),
        executor_timeout_seconds: GIVEN_UP,
        expire_dead_executor_interval_seconds: HEARTBEAT,
        no_executors_grace_period_seconds: 2 * GIVEN_UP,
        ..SchedulerConfig::default()
    };
    let cluster = BallistaCluster::new_from_config(&config).await?;
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    Ok(start_server(cluster, address, Arc::new(config)).await?)
}

/// Runs one task at a time until it is stopped.
pub async fn executor(scheduler: u16, port: u16, grpc: u16, folder: &str) -> Result<(), Failed> {
    let config = ExecutorProcessConfig {
        external_host: Some("127.0.0.1".to_owned()),
        port,
        grpc_port: grpc,
        scheduler_host: "127.0.0.1".to_owned(),
        scheduler_port: scheduler,
        scheduler_connect_timeout_seconds: 30,
        vcores: 1,
        work_dir: Some(folder.to_owned()),
        executor_heartbeat_interval_seconds: HEARTBEAT,
        ..ExecutorProcessConfig::default()
    };
    Ok(start_executor_process(Arc::new(config)).await?)
}
